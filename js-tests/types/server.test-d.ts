// What TypeScript accepts of weapp-opendata/server and what it does not, as an ES module sees it. Nothing here is run.

import { OpenDataError as CoreError } from 'weapp-opendata';
import {
  OpenDataError,
  createClient,
  type Client,
  type ClientOptions,
  type EncryptedPayload,
  type ErrorCode,
  type PhoneNumberData,
  type Session,
  type TokenStore,
  type UnixSeconds,
  type WatermarkPolicy,
} from 'weapp-opendata/server';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function expect<T extends true>(...same: T[]): void;

const options: ClientOptions = { appid: 'wx', secret: 'x' };
const client: Client = createClient(options);
createClient({ ...options, baseUrl: 'https://x', timeout: 1000, store: new Map<string, unknown>() });
// Keyv, as its types have it.
declare const keyv: { get<T = any>(key: string): Promise<T | undefined>; set<T = any>(key: string, value: T, ttl?: number): Promise<boolean> };
createClient({ ...options, store: keyv });
const store: TokenStore = { get: (key) => key, set: async (key, value, ttl) => [key, value, ttl] };
createClient({ ...options, store });
createClient({ ...options, fetch: async (url: string) => ({ url }) });
// @ts-expect-error the secret is needed
createClient({ appid: 'wx' });
// @ts-expect-error milliseconds, as a number
createClient({ ...options, timeout: '5s' });
// @ts-expect-error a store can be written to
createClient({ ...options, store: { get: () => 'x' } });

const session = await client.code2Session('x');
expect<Same<typeof session, Session>>();
expect<Same<typeof session.unionid, string | undefined>>();
expect<Same<typeof session.sessionKey, string>>();
// @ts-expect-error the name that this package has for it
session.session_key;

const token = await client.getAccessToken();
expect<Same<typeof token, string>>();
await client.getAccessToken({ forceRefresh: true });
// @ts-expect-error a boolean
await client.getAccessToken({ forceRefresh: 'yes' });

const data = await client.getPhoneNumber('x');
expect<Same<typeof data, PhoneNumberData>>();
const policy: Partial<WatermarkPolicy> = { maxAge: 300, now: 1 satisfies UnixSeconds };
await client.getPhoneNumber('x', policy);
await client.getPhoneNumber('x', { appid: null, watermark: 'optional' });
// @ts-expect-error no key is taken
await client.getPhoneNumber('x', { sessionKey: 'x' });

const current = await client.checkSession('o', 'k');
expect<Same<typeof current, boolean>>();
const renewed = await client.resetSession('o', 'k');
expect<Same<typeof renewed, Session>>();
const payload: Pick<EncryptedPayload, 'encryptedData'> = { encryptedData: 'x' };
const { valid, createTime } = await client.checkEncryptedData(payload);
expect<Same<typeof valid, boolean>>();
expect<Same<typeof createTime, number>>();
const keys = await client.getUserEncryptKeys('o', 'k');
expect<Same<typeof keys, { encryptKey: string; iv: string; version: number; expireIn: number; createTime: number }[]>>();

declare const error: unknown;
if (error instanceof OpenDataError) expect<Same<typeof error.code, ErrorCode>>();
expect<Same<typeof OpenDataError, typeof CoreError>>();
// Methods need no object.
const { code2Session } = client;
code2Session('x') satisfies Promise<Session>;
