// Where the session_keys are, for the old flow. CloudIDs need none: use them, and delete this file.
// 旧流程需要的 session_key。使用 CloudID 就不需要它，可以删除本文件。

/**
 * The user's session_keys, the current one first, then the one before. In production: from the database where your login function
 * put what code2Session gave it. This one reads the environment variable SESSION_KEYS, JSON `{"openid": ["key", …]}`, enough to try.
 * 生产环境请从数据库读取；这里读环境变量 SESSION_KEYS，仅供试用。
 *
 * @param {string} openid
 * @returns {Promise<string[]>}
 */
exports.sessionKeysOf = async (openid) => {
  const users = new Map(Object.entries(JSON.parse(process.env.SESSION_KEYS || '{}')));
  return users.get(openid) || [];
};
