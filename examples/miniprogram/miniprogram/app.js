const { init } = require('weapp-opendata');

const config = require('./config.js');

App({
  onLaunch() {
    if (config.backend === 'cloud') wx.cloud.init({ env: config.cloudEnv });
    // Loading begins now; pages wait for it, and try again if it failed. / 启动时开始加载，页面等待其完成，失败可重试
    this.loadOpenData().catch((error) => console.error('weapp-opendata', error));
  },

  /** Concurrent calls share one load; after it has succeeded, calls cost nothing. / 并发调用只加载一次，加载成功后立即返回 */
  loadOpenData() {
    return init();
  },
});
