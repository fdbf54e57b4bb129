// What TypeScript accepts of weapp-opendata/api-security and what it does not, as an ES module sees it. Nothing here is run.

import {
  OpenDataError,
  createApiSecurity,
  init,
  type AnswerHeaders,
  type ApiSecurity,
  type ApiSecurityConfig,
  type AsymmetricKey,
  type ErrorCode,
  type PlatformCertificate,
  type SealedRequest,
  type SymmetricKey,
  type UnixSeconds,
} from 'weapp-opendata/api-security';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<T extends true>(...same: T[]): void;

const symmetricKey: SymmetricKey = { sn: '1', key: 'x', algorithm: 'AES256_GCM' };
const asymmetricKey: AsymmetricKey = { sn: '2', privateKey: 'x', algorithm: 'SM2withSM3' };
const platformCertificate: PlatformCertificate = { sn: '3', certificate: 'x' };
const config: ApiSecurityConfig = { appid: 'wx', symmetricKey, asymmetricKey, platformCertificate };

const security: ApiSecurity = createApiSecurity(config);
createApiSecurity({ ...config, platformCertificate: [platformCertificate, { sn: '4', publicKey: 'x' }] as const });
createApiSecurity({ ...config, onDeprecatedCertificate: (sn: string) => void sn });
// @ts-expect-error not the names of OpenSSL
createApiSecurity({ ...config, symmetricKey: { ...symmetricKey, algorithm: 'aes-256-gcm' } });
// @ts-expect-error one of the two
createApiSecurity({ ...config, platformCertificate: { sn: '3', certificate: 'x', publicKey: 'x' } });
// @ts-expect-error or the other
createApiSecurity({ ...config, platformCertificate: { sn: '3' } });
// @ts-expect-error an answer has to be verified
createApiSecurity({ appid: 'wx', symmetricKey, asymmetricKey });

const sealed = security.seal('https://x/y', { scene: 0 });
expect<Same<typeof sealed, SealedRequest>>();
const { 'Wechatmp-TimeStamp': timestamp } = sealed.headers;
expect<Same<typeof timestamp, string>>();
interface Params {
  openid: string;
}
const params: Params = { openid: 'x' };
security.seal('https://x/y', params, { now: 1 satisfies UnixSeconds, random: new Uint8Array(37) });
// @ts-expect-error an object, not its JSON
security.seal('https://x/y', '{}');

const opened = security.open('https://x/y', sealed.headers, sealed.body);
expect<Same<typeof opened, Record<string, unknown>>>();
const typed = security.open<{ errcode: number }>('https://x/y', { 'set-cookie': ['a'] }, new Uint8Array(), { now: new Date() });
expect<Same<typeof typed, { errcode: number }>>();
const headers: AnswerHeaders = { get: (name: string) => name };
security.open('https://x/y', headers, '');
// @ts-expect-error parsed JSON cannot be verified
security.open('https://x/y', headers, { iv: '', data: '', authtag: '' });

try {
  void init();
} catch (error) {
  if (error instanceof OpenDataError) error.code satisfies ErrorCode;
}
