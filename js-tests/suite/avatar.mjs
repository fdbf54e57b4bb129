// Avatars: the table of every form, and what follows from a form.

export default function (api, { test, assert, fixtures, policy, payload }) {
  const { avatarTable } = fixtures;

  test('every form of the table', () => {
    assert.ok(avatarTable.length > 200, 'rows');
    for (const { input, source, ...expected } of avatarTable) assert.same(api.parseAvatar(input), expected, input);
  });

  test('a canonical url is its own canonical form', () => {
    for (const { input } of avatarTable) {
      const avatar = api.parseAvatar(input);
      assert.same(api.parseAvatar(avatar.url), avatar, input);
    }
  });

  test('names are safe in a storage key', () => {
    const hostile = ['..', '.', '%2e%2e', '..%2f..%2fetc%2fpasswd', 'a%00.png', 'a%5cb.png', '%e2%80%aegnp.exe', 'a%0d%0a.png', '%252e%252e', 'a.p%6eg', '%ff.png'];
    for (const name of hostile) {
      for (const prefix of ['https://remote.example/', 'wxfile://tmp/', 'http://tmp/', 'cloud://env.bucket/', '/images/']) {
        const { fileName, extension } = api.parseAvatar(prefix + name);
        if (fileName !== null) {
          assert.ok(fileName.length > 0 && !/[\\/:%\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/.test(fileName) && !/^\.+$/.test(fileName), fileName);
        }
        if (extension !== null) assert.ok(/^[a-z0-9]{1,8}$/.test(extension), extension);
      }
    }
  });

  test('what only looks like a picture of WeChat is not one', () => {
    const token = '/mmopen/vi_32/abc/132';
    const hostile = [
      `https://evil.example/?x=thirdwx.qlogo.cn${token}`, `https://thirdwx.qlogo.cn.evil.example${token}`, `https://thirdwx.qlogo.cn@evil.example${token}`,
      `https://evil.example\\@thirdwx.qlogo.cn${token}`, `https:\\\\thirdwx.qlogo.cn${token}`, `https://thirdwx.qlogo.cn:8443${token}`, `https://user:pass@thirdwx.qlogo.cn${token}`,
      `https://thirdwx.qlogo.cn\u3002evil.example${token}`, `https://thirdwx.qlоgo.cn${token}`, `https://xn--thirdwx-qlogo.cn${token}`, `ftp://thirdwx.qlogo.cn${token}`,
      `javascript:alert('https://thirdwx.qlogo.cn${token}')`, `//thirdwx.qlogo.cn${token}`, `https:///thirdwx.qlogo.cn${token}`, `https://evil.example#thirdwx.qlogo.cn${token}`,
    ];
    for (const url of hostile) {
      const { kind } = api.parseAvatar(url);
      assert.ok(kind === 'remote' || kind === 'unknown', `${url} is ${kind}`);
      assert.equal(api.resizeAvatar(url, 46), url);
    }
    assert.equal(api.parseAvatar(`HTTP://WX.QLOGO.CN:80${token}`).url, `https://wx.qlogo.cn${token}`);
  });

  test('another size', () => {
    for (const size of [0, 46, 64, 96, 132]) {
      const url = api.resizeAvatar('http://thirdwx.qlogo.cn/mmopen/vi_32/abc/132', size);
      assert.equal(url, `https://thirdwx.qlogo.cn/mmopen/vi_32/abc/${size}`);
      assert.equal(api.parseAvatar(url).size, size || 640);
    }
    for (const url of ['', 'wxfile://tmp_abc.png', 'https://remote.example/132', 'cloud://env.bucket/132', 'nonsense']) assert.equal(api.resizeAvatar(url, 46), url);
    for (const size of [1, 47, 640, -1, 0.5, NaN, Infinity, 65536 + 46]) {
      assert.refuses(api, () => api.resizeAvatar('x', size), { code: 'INVALID_ARGUMENT', reason: 'OUT_OF_RANGE' }, String(size));
    }
    for (const size of ['46', null, undefined, {}, []]) assert.refuses(api, () => api.resizeAvatar('x', size), { code: 'INVALID_ARGUMENT' });
  });

  test('limits', () => {
    const url = (length) => `https://remote.example/${'a'.repeat(length - 23)}`;
    assert.equal(api.parseAvatar(url(8192)).kind, 'remote');
    assert.refuses(api, () => api.parseAvatar(url(8193)), { code: 'INVALID_ARGUMENT', reason: 'TOO_LONG' });
    const inline = (length) => `data:image/png;base64,${'A'.repeat(length - 22)}`;
    assert.equal(api.parseAvatar(inline(1048574)).kind, 'inline');
    assert.refuses(api, () => api.parseAvatar(inline(1048578)), { code: 'INVALID_ARGUMENT', reason: 'TOO_LONG' });
  });

  if (!api.decryptUserInfo) return;

  test('decryptUserInfo', () => {
    const { profiles } = fixtures;
    const open = (fixture) => api.decryptUserInfo(payload(fixture), policy({ sessionKey: fixture.sessionKey }));
    for (const [name, isAnonymous] of [['known', false], ['grey', true], ['greyPictureOnly', false], ['greyNameOnly', false], ['noAvatar', false]]) {
      const data = JSON.parse(profiles[name].plaintext);
      assert.same(open(profiles[name]), { ...data, avatar: api.parseAvatar(data.avatarUrl), isAnonymous }, name);
    }
    assert.equal(open(profiles.known).avatar.url, 'https://wx.qlogo.cn/mmopen/vi_32/abc/0');
    assert.refuses(api, () => open(profiles.noProfile), { code: 'INVALID_ARGUMENT', reason: 'MISSING' });
  });
}
