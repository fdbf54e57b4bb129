// What stands around a message: JSON or XML, whichever is set in WeChat's console.
// 消息的外层格式：JSON 或 XML，以后台配置为准。

import { XMLBuilder, XMLParser } from 'fast-xml-parser';

// All values stay texts: a MsgId has more digits than a number holds. Entities are not expanded, and none of WeChat's are needed.
// 所有值保持字符串：MsgId 的位数超出 Number 的精度。不展开实体。
const parser = new XMLParser({ ignoreAttributes: true, parseTagValue: false, processEntities: false, trimValues: false });
const builder = new XMLBuilder({ cdataPropName: '#cdata' });

const json = {
  type: 'application/json; charset=utf-8',
  parse: (text) => JSON.parse(text),
  write: (message) => JSON.stringify(message),
};

const xml = {
  type: 'text/xml; charset=utf-8',
  parse: (text) => {
    if (/<!(?!\[CDATA\[)/.test(text)) throw new SyntaxError('declarations are not WeChat\'s');
    return parser.parse(text, true).xml;
  },
  // Numbers as they are, all else as CDATA, as WeChat writes it. / 数字原样，其余用 CDATA
  write: (message) => builder.build({ xml: marked(message) }),
};

function marked(value) {
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, marked(item)]));
  // A ]]> in the text would end the section: the builder goes on in a second one. / 文本中的 ]]> 由 builder 拆成两段 CDATA
  return { '#cdata': String(value) };
}

/** By its first character, whatever the headers say. */
export const formatOf = (text) => (/^\s*</.test(text) ? xml : json);
