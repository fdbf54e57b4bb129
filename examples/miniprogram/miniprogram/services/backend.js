// What the page needs from a server, whichever it is:
//
//   login()                              who the user is; before any button can be pressed
//   sendPhone(detail)                    of getPhoneNumber -> {phone, region}, the number masked
//   uploadAvatar(avatar)                 a file of this device -> an address that means something elsewhere
//   saveProfile({nickName, avatarUrl})
//
// 页面需要的后端接口；由 config.js 决定使用自己的服务器还是云函数。

const config = require('../config.js');

module.exports = config.backend === 'cloud' ? require('./cloud.js') : require('./server.js');
