// Everything the page says, in both languages. What the package says by itself (message, hint, notes) is in src/error.rs and
// src/diagnosis.rs; `inLanguage` takes one language out of it.

/** @typedef {'en' | 'zh'} Language */

const en = {
  title: 'weapp-opendata playground',
  tagline: 'Why does this encryptedData not open?',
  promise: 'What you paste stays on this page. The page may connect to nothing, and its Content-Security-Policy holds it to that.',
  limits: 'What that means, and what it cannot do',
  limitsText: [
    'Decryption runs in the WebAssembly module that came with the page. Nothing is fetched after it has loaded: no script, picture, font or form goes anywhere, no window opens, and the frame that holds the page cannot be led to another site. Nothing is kept: no cookie, no storage, no history entry, and the fields are emptied when you leave.',
    'The policy binds the page, not your browser. Extensions can read every page they are allowed on, and so can whoever controls this machine: use a private window without extensions.',
    'A session_key still in use is a secret all the same. When you are done, let wx.login or resetUserSessionKey replace it.',
  ],
  language: 'Language',
  input: 'Input',
  result: 'Result',
  paste: 'Paste anything',
  pasteHelp: 'A whole JSON (e.detail, a request body, the answer of code2Session), also escaped or URL-encoded, a query, a cURL command, or a line of your log. What is found fills the fields below.',
  sample: "Load WeChat's published sample",
  clear: 'Clear everything',
  cleared: 'Everything was cleared.',
  fields: 'Or field by field',
  encryptedData: 'encryptedData',
  iv: 'iv',
  sessionKey: 'session_key',
  sessionKeyHelp: 'Several candidates, one a line: the current one, then the one before.',
  appid: 'appid',
  appidHelp: 'Left empty, data of any app is accepted. A server never should.',
  more: 'More checks',
  maxAge: 'Max age, in seconds',
  optional: 'Accept data without a watermark (WeRun, share and group data)',
  strict: 'Strict: repair nothing in the base64',
  rawData: 'rawData',
  signature: 'signature',
  signatureHelp: 'Of getUserInfo. With a session_key, the signature is verified.',
  found: 'Found: {list}.',
  foundOther: 'There is no encryptedData in this, but it can be read.',
  foundNothing: 'Nothing known was found in this. Are encryptedData and iv in it by their names?',
  stateEmpty: 'Paste something, or load the sample.',
  stateIncomplete: 'Still needed: {list}.',
  stateOpened: 'It opens.',
  stateAnswer: 'This was not encrypted. It is read as WeChat gave it.',
  stateRefused: 'It opens, but a check refuses it.',
  stateFailed: 'It does not open.',
  stateFailedOther: 'This is refused.',
  stateCode: 'This is a code, there is nothing to decrypt.',
  codeHelp: 'Current clients give a code in place of encryptedData. Send it to your server, which exchanges it by getuserphonenumber within five minutes, once. It is not the code of wx.login.',
  loadFailed: 'The module does not run in this browser.',
  noTrouble: 'Nothing was wrong with it.',
  code: 'code',
  reason: 'reason',
  errcode: 'errcode of WeChat’s sample code',
  wechatErrcode: 'errcode of WeChat',
  message: 'message',
  hint: 'What to do',
  diagnosis: 'Diagnosis',
  repairs: 'Repairs',
  noRepairs: 'None were needed.',
  repairsStrict: 'It would have taken these, and strict forbids them:',
  repairsMade: 'Put right before decryption:',
  data: 'The object',
  insideAllTheSame: 'What is inside all the same. A server must not use it.',
  copy: 'Copy',
  copied: 'Copied.',
  notCopied: 'This browser does not let the page copy. Select the text and copy it yourself.',
  watermark: 'Watermark',
  noWatermark: 'The data has none, so app and age could not be checked.',
  watermarkApp: 'app',
  watermarkTime: 'time',
  anyApp: 'not compared with any appid',
  appMatches: 'as expected',
  appDiffers: 'not the expected one',
  phone: 'Phone number',
  e164: 'E.164',
  region: 'region',
  type: 'type',
  valid: 'assigned',
  masked: 'safe to show',
  avatar: 'Avatar',
  kind: 'kind',
  url: 'canonical',
  size: 'side in pixels',
  upload: 'has to be uploaded',
  grey: "WeChat's grey default",
  signatureTitle: 'Signature of rawData',
  signatureTrue: 'It matches.',
  signatureFalse: 'It does not match. Either the session_key is stale, or rawData is not the text that the client received, character by character.',
  yes: 'yes',
  no: 'no',
  none: 'none',
  failures: "What WeChat's well-known failures mean",
  failureSeen: 'What is seen',
  failureMeans: 'What it means',
};

/** @type {typeof en} */
const zh = {
  title: 'weapp-opendata 试验台',
  tagline: '这份 encryptedData 为什么解不开？',
  promise: '粘贴的内容只留在本页。本页不允许建立任何连接，并由其内容安全策略（CSP）强制执行。',
  limits: '这意味着什么，又有哪些做不到',
  limitsText: [
    '解密由随页面一起到达的 WebAssembly 模块完成。页面载入之后不再请求任何内容：脚本、图片、字体、表单都无处可去，不能打开窗口，承载本页的框架也不能被带到其他网站。不保留任何数据：没有 cookie、存储或历史记录，离开时字段会被清空。',
    '策略约束的是页面，不是浏览器。浏览器扩展可以读取其获准访问的任何页面，控制这台机器的人也可以：请使用不带扩展的无痕窗口。',
    '仍在使用的 session_key 终究是秘密。用完之后，请用 wx.login 或 resetUserSessionKey 更换。',
  ],
  language: '语言',
  input: '输入',
  result: '结果',
  paste: '粘贴任意内容',
  pasteHelp: '整段 JSON（e.detail、请求体、code2Session 的返回），转义或 URL 编码过的也可以；query、cURL 命令或一行日志亦可。识别到的内容会填入下方字段。',
  sample: '载入微信公开的样例',
  clear: '全部清空',
  cleared: '已全部清空。',
  fields: '或逐项填写',
  encryptedData: 'encryptedData',
  iv: 'iv',
  sessionKey: 'session_key',
  sessionKeyHelp: '可有多个，每行一个：先写当前的，再写之前的。',
  appid: 'appid',
  appidHelp: '留空则接受任何小程序的数据；服务端不应如此。',
  more: '更多校验',
  maxAge: '最大时效（秒）',
  optional: '接受没有 watermark 的数据（微信运动、转发和群数据）',
  strict: '严格：不修复 base64 中的任何问题',
  rawData: 'rawData',
  signature: 'signature',
  signatureHelp: '来自 getUserInfo。填写 session_key 后即校验签名。',
  found: '已识别：{list}。',
  foundOther: '其中没有 encryptedData，但内容可以读取。',
  foundNothing: '没有识别到已知内容。其中是否有以 encryptedData 和 iv 命名的字段？',
  stateEmpty: '请粘贴内容，或载入样例。',
  stateIncomplete: '还需要：{list}。',
  stateOpened: '可以解开。',
  stateAnswer: '内容未加密，按微信给出的读取。',
  stateRefused: '可以解开，但未通过校验。',
  stateFailed: '解不开。',
  stateFailedOther: '未被接受。',
  stateCode: '这是 code，没有可解密的内容。',
  codeHelp: '较新的客户端给出 code 代替 encryptedData。请把它发给服务端，在五分钟内调用 getuserphonenumber 换取号码，只能用一次。它不是 wx.login 的 code。',
  loadFailed: '此浏览器无法运行该模块。',
  noTrouble: '没有任何问题。',
  code: '错误码',
  reason: '原因',
  errcode: '微信示例代码的 errcode',
  wechatErrcode: '微信的 errcode',
  message: '消息',
  hint: '如何处理',
  diagnosis: '诊断',
  repairs: '修复',
  noRepairs: '无需修复。',
  repairsStrict: '需要以下修复，但严格模式不允许：',
  repairsMade: '解密之前已修复：',
  data: '对象',
  insideAllTheSame: '里面的内容如下，服务端不得使用。',
  copy: '复制',
  copied: '已复制。',
  notCopied: '此浏览器不允许页面复制，请自行选中文本复制。',
  watermark: '水印 watermark',
  noWatermark: '数据没有 watermark，因此无法校验所属小程序与时效。',
  watermarkApp: '小程序',
  watermarkTime: '时间',
  anyApp: '未与任何 appid 比对',
  appMatches: '与预期一致',
  appDiffers: '与预期不符',
  phone: '手机号',
  e164: 'E.164',
  region: '地区',
  type: '类型',
  valid: '号段已分配',
  masked: '可展示的形式',
  avatar: '头像',
  kind: '类别',
  url: '规范形式',
  size: '边长（像素）',
  upload: '需要上传',
  grey: '微信的灰色默认头像',
  signatureTitle: 'rawData 的签名',
  signatureTrue: '签名一致。',
  signatureFalse: '签名不一致：session_key 已过期，或 rawData 不是前端收到的原文（须逐字符相同）。',
  yes: '是',
  no: '否',
  none: '无',
  failures: '微信常见的失败分别是什么意思',
  failureSeen: '看到的现象',
  failureMeans: '含义',
};

export const TEXTS = { en, zh };

/** A headline for each code. @type {Record<string, [string, string]>} */
export const CODES = {
  INVALID_ARGUMENT: ['A field is not what it has to be.', '某个字段不符合要求。'],
  ILLEGAL_SESSION_KEY: ['The session_key is not base64 of 16 bytes.', 'session_key 不是 16 字节的 base64。'],
  ILLEGAL_IV: ['The iv is not base64 of 16 bytes.', 'iv 不是 16 字节的 base64。'],
  ILLEGAL_BASE64: ['encryptedData is not base64.', 'encryptedData 不是 base64。'],
  ILLEGAL_BUFFER: ['encryptedData has a length that no ciphertext has.', 'encryptedData 的长度不可能是密文。'],
  DECRYPT_FAILED: ['No session_key given opens it with this iv.', '给出的 session_key 与 iv 都解不开。'],
  WATERMARK_MISSING: ['There is no watermark of WeChat in the data.', '数据中没有微信的 watermark。'],
  APPID_MISMATCH: ['The data was made for another mini-program.', '数据属于另一个小程序。'],
  WATERMARK_EXPIRED: ['The data is older than you allow.', '数据超过了允许的时效。'],
  WATERMARK_IN_FUTURE: ['The data is from the future.', '数据的时间在未来。'],
  INVALID_PHONE_NUMBER: ['This is no phone number.', '这不是手机号。'],
  WECHAT_ERROR: ['WeChat answered with an error.', '微信返回了错误。'],
  CLOUD_ID_NOT_RESOLVED: ['WeChat did not replace the CloudID with data.', '微信没有把 CloudID 替换为数据。'],
  SIGNATURE_MISMATCH: ['The signature does not match.', '签名不一致。'],
  NOT_INITIALIZED: ['The module could not be loaded.', '模块无法加载。'],
};

/** What the package's `reason` and `repairs` mean. @type {Record<string, [string, string]>} */
export const REASONS = {
  WRONG_TYPE: ['wrong type', '类型不符'],
  MISSING: ['missing', '缺失'],
  EMPTY: ['empty', '为空'],
  OUT_OF_RANGE: ['out of range', '超出范围'],
  TOO_MANY: ['too many', '数量过多'],
  TOO_LONG: ['too long', '过长'],
  MILLISECONDS: ['milliseconds where seconds belong', '应为秒，却是毫秒'],
  UNREADABLE: ['cannot be read', '无法读取'],
  LOST_PLUS: ["a '+' became a space", '「+」变成了空格'],
  PERCENT_ENCODING: ['percent-encoded and not decoded', '经过百分号编码而未解码'],
  URL_SAFE_ALPHABET: ["URL-safe alphabet, '-' and '_'", 'URL 安全字母表（「-」与「_」）'],
  WHITESPACE: ['line breaks, tabs or spaces', '含换行、制表符或空格'],
  MISSING_PADDING: ["'=' at the end is missing", '缺少末尾的「=」'],
  ILLEGAL_CHARACTER: ['a character that base64 has not', '含 base64 之外的字符'],
  MISPLACED_PADDING: ["'=' in the wrong place", '「=」的位置不对'],
  TRAILING_BITS: ['last character altered', '末尾字符被改动'],
  TRUNCATED: ['cut short', '被截断'],
  WRONG_LENGTH: ['wrong length', '长度不对'],
  HEXADECIMAL: ['hexadecimal, like an AppSecret', '十六进制，像是 AppSecret'],
  ENCODED_TWICE: ['base64 twice', '做了两次 base64'],
  ENCODING_AES_KEY: ['like an EncodingAESKey', '像是 EncodingAESKey'],
  ABSENT: ['absent', '没有'],
  WRONG_SHAPE: ['wrong shape', '格式不对'],
  MASKED: ['digits are hidden', '部分数字被隐藏'],
  NOT_A_NUMBER: ['no number', '不是号码'],
  TOO_SHORT: ['too short', '过短'],
  INVALID_COUNTRY_CODE: ['calling code not in use', '国际区号无效'],
  REFUSED: ['the host does not run it', '当前环境无法运行'],
};

/**
 * What people see and search for, and what it means. Sources: `errorCode.php` and `WXBizDataCrypt.h` of WeChat's aes-sample, WeChat's
 * documentation of the interfaces named; the texts of other languages' libraries for the same fault.
 * @type {[string, string, string][]}
 */
export const FAILURES = [
  ['-41001', "session_key is not valid: WeChat's sample code gives it where the text has not 24 characters.", 'session_key 无效：微信示例代码在其不足或多于 24 个字符时返回。'],
  ['-41002', 'iv is not valid: it has not 24 characters.', 'iv 无效：不是 24 个字符。'],
  ['-41003', 'Decryption failed, or the data is of another app: the sample code does not tell which. Nearly always a stale session_key.', '解密失败，或数据属于其他小程序：示例代码不作区分。绝大多数情况是 session_key 已过期。'],
  ['-41004', "encryptedData is no base64. The PHP sample never gives it and says -41003.", 'encryptedData 不是 base64。PHP 示例从不返回它，而是返回 -41003。'],
  ['Illegal Buffer', "WeChat's Node sample: the same as -41003.", '微信的 Node 示例：等同于 -41003。'],
  ['bad decrypt · pad block corrupted · Padding is invalid and cannot be removed · 填充无效，无法被移除', 'OpenSSL, Java and .NET for a wrong key: wx.login ran after the data was fetched. Log in first, then fetch.', 'OpenSSL、Java、.NET 在密钥不对时的报错：取得数据之后又调用了 wx.login。请先登录，再获取数据。'],
  ['wrong final block length', "The ciphertext was damaged or cut: most often '+' became a space on its way through a query or form.", '密文被损坏或截断：最常见的是经过 query 或表单后「+」变成了空格。'],
  ['Invalid key length', 'The session_key was used without decoding its base64: 24 bytes in place of 16.', '使用 session_key 前没有做 base64 解码：成了 24 字节而不是 16 字节。'],
  ["invalid character 'î' looking for beginning of value", 'Go: the padding looked right by chance, and what came out is no JSON. A stale session_key as well.', 'Go：填充碰巧正确，但解出的不是 JSON。同样是 session_key 已过期。'],
  ['微信用户', 'getUserInfo and getUserProfile give this name and a grey picture to everyone since 2022-11-08. Nothing failed: use chooseAvatar and a nickname input.', '自 2022-11-08 起 getUserInfo 与 getUserProfile 一律返回此昵称与灰色头像。并没有出错：请使用 chooseAvatar 与昵称输入框。'],
  ['40029', 'code2Session or getuserphonenumber: the code is invalid, used or older than five minutes; or the code of wx.login was sent in place of the phone button’s.', 'code2Session 或 getuserphonenumber：code 无效、已使用或超过五分钟；或把 wx.login 的 code 当成了手机号按钮的 code。'],
  ['40013', 'getuserphonenumber: the access_token is of another app than the code.', 'getuserphonenumber：access_token 与 code 不属于同一个小程序。'],
  ['87009', 'checkSessionKey, resetUserSessionKey: the signature is not HMAC-SHA256 of an empty text under the session_key, undecoded.', 'checkSessionKey、resetUserSessionKey：签名应为以未解码的 session_key 为密钥、对空文本所做的 HMAC-SHA256。'],
  ['87007', 'The session_key does not exist or is no longer valid: log in again.', 'session_key 不存在或已失效：请重新登录。'],
  ['1400001', 'The phone button: the quota is used up.', '手机号按钮：额度已用完。'],
  ['-601006', 'The CloudID is older than five minutes.', 'CloudID 已超过五分钟。'],
];

const SEPARATOR = ' / ';
const CHINESE = /[\u3400-\u9fff]/;

/** What the package says about a text that it put right, by its words. @type {[string, string][]} */
const REPAIRED = [
  ["spaces stand where '+' was lost on the way", '空格处原为「+」，在途中丢失'],
  ['line breaks, tabs or spaces within or around the text', '文本中或首尾有换行、制表符或空格'],
  ['percent-encoded text', '文本经过百分号编码'],
  ["URL-safe base64 ('-' and '_')", 'URL 安全的 base64（「-」与「_」）'],
  ["'=' at the end is missing", '缺少末尾的「=」'],
];

/**
 * One language of a hint or note, which the package writes as `English / 中文`.
 * @param {string} text
 * @param {Language} language
 */
export function inLanguage(text, language) {
  const at = text.indexOf(SEPARATOR);
  if (at < 0 || !CHINESE.test(text.slice(at))) return text;
  if (language === 'en') return text.slice(0, at);
  const chinese = text.slice(at + SEPARATOR.length);
  // Notes on repairs begin with a message, which is in English only.
  for (const [english, translated] of REPAIRED) {
    const [field, rest] = text.split(': ', 2);
    if (rest !== undefined && text.startsWith(`${field}: ${english}. `)) return `${field}：${translated}。${chinese}`;
  }
  return chinese;
}

/** The language to begin with. @param {readonly string[]} preferred of the browser @returns {Language} */
export const languageOf = (preferred) => (/^zh\b/i.test(preferred[0] || '') ? 'zh' : 'en');
