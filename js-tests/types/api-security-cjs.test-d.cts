// The same entry as a CommonJS module sees it.

import opendata = require('weapp-opendata');
import { OpenDataError, createApiSecurity, type ApiSecurityConfig } from 'weapp-opendata/api-security';

declare const config: ApiSecurityConfig;
const { seal, open } = createApiSecurity(config);
const { headers, body } = seal('https://x/y', {});
open('https://x/y', headers, body)['errcode'] satisfies unknown;

declare const error: unknown;
if (error instanceof OpenDataError) error satisfies opendata.OpenDataError;
