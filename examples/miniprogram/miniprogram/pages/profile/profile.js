const { OpenDataError, maskPhoneNumber, parseAvatar, parsePhoneNumber } = require('weapp-opendata');

const backend = require('../../services/backend.js');

/** What is wrong with a number that was typed, for the user. / 手机号填写有误时的提示 */
const PHONE_WORDS = {
  EMPTY: '请填写手机号',
  MASKED: '手机号里有 *，请填写完整号码',
  NOT_A_NUMBER: '手机号只能包含数字',
  TOO_SHORT: '手机号位数不够',
  TOO_LONG: '手机号位数太多',
  INVALID_COUNTRY_CODE: '国家（地区）代码不正确',
};

Page({
  data: {
    ready: false,
    failed: false,
    avatarUrl: '',
    phone: '',
    message: '',
  },

  onLoad() {
    // What is not shown does not belong into `data`. / 不用于渲染的数据不放进 data
    this.avatar = { shown: '', uploaded: undefined };
    return this.prepare();
  },

  /** The module and the login, before any button can be pressed. / 按钮可点之前，先加载模块并登录 */
  async prepare() {
    this.setData({ failed: false, message: '' });
    try {
      await Promise.all([getApp().loadOpenData(), backend.login()]);
      this.setData({ ready: true });
    } catch (error) {
      console.error('prepare', error);
      this.setData({ failed: true, message: '加载失败，请检查网络后重试' });
    }
  },

  /** <button open-type="chooseAvatar">: the path is that of a temporary file of this device, whatever it looks like. */
  async onChooseAvatar({ detail }) {
    // Another picture may be chosen before this one has arrived; the last one counts. / 以最后一次选择为准
    const choice = (this.choice = {});
    const avatar = parseAvatar(detail.avatarUrl);
    this.setData({ avatarUrl: avatar.url, message: '' });
    try {
      // Saved as it is, it would be a dead path for everybody else. / 临时路径对别人无效，必须先上传
      const uploaded = avatar.needsUpload ? await backend.uploadAvatar(avatar) : avatar.url;
      if (choice === this.choice) this.avatar = { shown: avatar.url, uploaded };
    } catch (error) {
      console.error('uploadAvatar', error);
      if (choice === this.choice) this.setData({ avatarUrl: this.avatar.shown, message: '头像上传失败，请重试' });
    }
  },

  /** <button open-type="getPhoneNumber"> */
  async onGetPhoneNumber({ detail }) {
    if (!/:ok$/.test(detail.errMsg)) {
      // Refusing is the user's right, and no error: there is another way. / 用户有权拒绝，此时可以手动填写
      const message = detail.errno === 1400001 ? '暂时无法获取手机号，请手动填写' : '未授权获取手机号，可以手动填写';
      this.setData({ message });
      return;
    }
    try {
      // The server masks it: the whole number need not come back. / 服务端只返回脱敏后的号码
      const { phone } = await backend.sendPhone(detail);
      this.setData({ phone, message: '' });
    } catch (error) {
      console.error('sendPhone', error.message);
      // The session may be over. Log in now, so that the next press finds a new one; what this one gave is not sent again.
      // 会话可能已过期：先重新登录，再请用户点一次；本次的数据不再重发。
      this.setData({ ready: false });
      await this.prepare();
      if (this.data.ready) this.setData({ message: '获取手机号失败，请再点一次' });
    }
  },

  /** A number as people type it: full-width digits, spaces, +86 or 0086 in front. */
  onPhoneTyped({ detail }) {
    try {
      const phone = parsePhoneNumber(detail.value);
      if (!phone.isValid) this.setData({ message: '没有这样的号段，请检查手机号' });
      else this.setData({ phone: maskPhoneNumber(phone), message: '' });
    } catch (error) {
      if (!(error instanceof OpenDataError)) throw error;
      this.setData({ message: PHONE_WORDS[error.reason] || '手机号不正确' });
    }
  },

  /** <form bindsubmit>: the nickname is read here, since type="nickname" may change the text after its last input event. */
  async onSubmit({ detail }) {
    const nickName = detail.value.nickName.trim();
    if (!nickName) {
      this.setData({ message: '请填写昵称' });
      return;
    }
    try {
      await backend.saveProfile({ nickName, avatarUrl: this.avatar.uploaded });
      this.setData({ message: '已保存' });
    } catch (error) {
      console.error('saveProfile', error.message);
      this.setData({ message: '保存失败，请重试' });
    }
  },
});
