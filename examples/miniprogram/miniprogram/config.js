module.exports = {
  // 'server': examples/node-server; 'cloud': examples/cloud-function
  backend: 'server',
  // The address of your server. / 你的服务器地址
  server: 'http://127.0.0.1:3000',
  // The id of your cloud environment. / 云开发环境 ID
  cloudEnv: '',
};
