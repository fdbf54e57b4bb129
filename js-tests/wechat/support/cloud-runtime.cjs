// In front of a cloud function's process (`node --require`): WeChat's runtime sets who calls into the environment before each call, where
// wx-server-sdk reads it. The caller stands in a header here, which the event cannot reach.

const http = require('node:http');

const { emit } = http.Server.prototype;
http.Server.prototype.emit = function emitFor(name, ...values) {
  if (name === 'request') {
    const { WX_OPENID, WX_APPID } = JSON.parse(values[0].headers['x-caller'] || '{}');
    for (const [key, value] of Object.entries({ WX_OPENID, WX_APPID })) {
      if (value === undefined) delete process.env[key];
      else process.env[key] = value;
    }
    // Where it says who calls, and what its own calls are recognised by.
    Object.assign(process.env, { WX_CONTEXT_KEYS: 'WX_OPENID,WX_APPID,WX_API_TOKEN', WX_API_TOKEN: WX_OPENID || '' });
  }
  return emit.call(this, name, ...values);
};
