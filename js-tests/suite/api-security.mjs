// What weapp-opendata/api-security does, on any server: nothing here is Node's. `fixtures` is what support/api-security.mjs makes.

import * as assert from './assert.mjs';

export function runApiSecuritySuite(api, { test, fixtures }) {
  const { appid, url, now, published, kinds } = fixtures;
  const at = { now };
  const refuses = (run, code, reason) => assert.refuses(api, run, { code, reason }, code);

  for (const { id, symmetricSn, key, algorithm, platform, headers, body, params } of published.answers) {
    test(`published: ${id}`, () => {
      const { sn, certificate } = platform;
      const security = api.createApiSecurity({
        ...kinds[0].config,
        appid: published.appid,
        symmetricKey: { sn: symmetricSn, key, algorithm },
        platformCertificate: { sn, certificate },
      });
      const then = { now: Number(headers['Wechatmp-TimeStamp']) };
      assert.same(security.open(published.url, headers, body, then), params, 'params');
      refuses(() => security.open(published.url, headers, `${body} `, then), 'SIGNATURE_MISMATCH');
      refuses(() => security.open(published.url, headers, body), 'WATERMARK_EXPIRED');
    });
  }

  for (const { name, config, mirrored, answer, params } of kinds) {
    const make = () => api.createApiSecurity(config);

    test(`${name}: an answer opens`, () => {
      assert.same(make().open(`${url}?access_token=x`, answer.headers, answer.body, at), params, 'params');
      const bytes = new TextEncoder().encode(answer.body);
      assert.same(make().open(url, answer.headers, bytes, at), params, 'params of bytes');
      if (typeof Headers === 'function') {
        assert.same(make().open(url, new Headers(answer.headers), answer.body, at), params, 'params with Headers');
      }
    });

    test(`${name}: an altered answer does not`, () => {
      const security = make();
      for (const position of [7, 40, answer.body.length - 5]) {
        const other = answer.body[position] === 'A' ? 'B' : 'A';
        const body = answer.body.slice(0, position) + other + answer.body.slice(position + 1);
        refuses(() => security.open(url, answer.headers, body, at), 'SIGNATURE_MISMATCH');
      }
      refuses(() => security.open(`${url}/`, answer.headers, answer.body, at), 'SIGNATURE_MISMATCH');
      refuses(() => security.open(url, { ...answer.headers, 'Wechatmp-Serial': 'x' }, answer.body, at), 'SIGNATURE_MISMATCH', 'UNKNOWN_SERIAL');
      refuses(() => security.open(url, { ...answer.headers, 'Wechatmp-Appid': 'x' }, answer.body, at), 'APPID_MISMATCH');
      refuses(() => security.open(url, answer.headers, answer.body, { now: now + 301 }), 'WATERMARK_EXPIRED');
      refuses(() => security.open(url, answer.headers, answer.body, { now: now - 301 }), 'WATERMARK_IN_FUTURE');
      const other = api.createApiSecurity({ ...config, symmetricKey: { ...config.symmetricKey, sn: 'x' } });
      refuses(() => other.open(url, answer.headers, answer.body, at), 'DECRYPT_FAILED');
    });

    test(`${name}: a request opens on the other side`, () => {
      const wechat = api.createApiSecurity(mirrored);
      const sealed = make().seal(`${url}?access_token=x`, params);
      const headers = { ...sealed.headers, 'Wechatmp-Serial': config.asymmetricKey.sn };
      assert.same(wechat.open(url, headers, sealed.body), params, 'params');
      assert.equal(sealed.headers['Wechatmp-Appid'], appid, 'appid');
      assert.ok(sealed.body !== make().seal(url, params).body, 'no two requests are the same');
    });

    test(`${name}: bad keys are refused by name`, () => {
      const bad = (more) => () => api.createApiSecurity({ ...config, ...more });
      refuses(bad({ symmetricKey: { ...config.symmetricKey, key: 'AAAA' } }), 'INVALID_ARGUMENT', 'OUT_OF_RANGE');
      refuses(bad({ asymmetricKey: { ...config.asymmetricKey, privateKey: 'AAAA' } }), 'INVALID_ARGUMENT', 'WRONG_TYPE');
      refuses(bad({ platformCertificate: { sn: '1', publicKey: config.asymmetricKey.privateKey } }), 'INVALID_ARGUMENT', 'WRONG_TYPE');
      refuses(() => make().seal(url, { access_token: 'x' }), 'INVALID_ARGUMENT', 'RESERVED');
      refuses(() => make().open(url, {}, '{"errcode":40240,"errmsg":"expired"}'), 'WECHAT_ERROR');
    });
  }
}
