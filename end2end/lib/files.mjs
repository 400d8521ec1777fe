// Reads what reports are downloaded as.

import { inflateRawSync } from "node:zlib";

/** The rows of a CSV file (RFC 4180), each as its values. */
export function csvRows(text) {
  const rows = [];
  let row = [];
  let value = "";
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quoted && letter === '"' && text[at + 1] === '"') {
      value += '"';
      at += 1;
    } else if (letter === '"') {
      quoted = !quoted;
    } else if (!quoted && letter === ",") {
      row.push(value);
      value = "";
    } else if (!quoted && letter === "\r" && text[at + 1] === "\n") {
      rows.push([...row, value]);
      [row, value] = [[], ""];
      at += 1;
    } else {
      value += letter;
    }
  }
  return rows;
}

/** The files of a zip, by name. */
export function unzipped(bytes) {
  const files = new Map();
  // The directory at the end says where each file lies and how long it is; its own end is marked.
  let at = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  const many = bytes.readUInt16LE(at + 10);
  at = bytes.readUInt32LE(at + 16);
  for (let file = 0; file < many; file += 1) {
    const packed = bytes.readUInt16LE(at + 10) === 8;
    const length = bytes.readUInt32LE(at + 20);
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const lies = bytes.readUInt32LE(at + 42);
    const start = lies + 30 + bytes.readUInt16LE(lies + 26) + bytes.readUInt16LE(lies + 28);
    const data = bytes.subarray(start, start + length);
    files.set(bytes.toString("utf8", at + 46, at + 46 + name), packed ? inflateRawSync(data) : data);
    at += 46 + name + extra + comment;
  }
  return files;
}

/** The rows of a workbook's first sheet, each as its values; days are numbers there. */
export function xlsxRows(bytes) {
  const files = unzipped(bytes);
  const text = (xml) =>
    xml.replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => ({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" })[name]);
  const sheet = files.get("xl/worksheets/sheet1.xml").toString();
  const strings = [...(files.get("xl/sharedStrings.xml")?.toString() ?? "").matchAll(/<si>(.*?)<\/si>/gs)].map(([, si]) =>
    text([...si.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, t]) => t).join("")),
  );
  return [...sheet.matchAll(/<row [^>]*>(.*?)<\/row>/gs)].map(([, row]) =>
    [...row.matchAll(/<c ([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, about, inside = ""]) => {
      if (/t="inlineStr"/.test(about)) return text([...inside.matchAll(/<t[^>]*>(.*?)<\/t>/gs)].map(([, t]) => t).join(""));
      const value = /<v>(.*?)<\/v>/s.exec(inside)?.[1] ?? "";
      return /t="s"/.test(about) ? strings[Number(value)] : text(value);
    }),
  );
}
