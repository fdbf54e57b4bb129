// The developer tools' npm build, on the example's copy, as its project.config.json asks for it. What it says goes to npm-build.json.

import fs from 'node:fs';
import path from 'node:path';

import ci from 'miniprogram-ci';

import { codePackage, examples } from './support/built.mjs';

const project = path.join(examples, 'miniprogram');
const { miniprogramRoot, setting } = JSON.parse(fs.readFileSync(path.join(project, 'project.config.json'), 'utf8'));
if (path.join(project, miniprogramRoot, '.') !== codePackage) throw new Error(`miniprogramRoot is ${miniprogramRoot}`);

const reports = [];
for (const { packageJsonPath, miniprogramNpmDistDir } of setting.packNpmRelationList) {
  const report = await ci.packNpmManually({
    packageJsonPath: path.join(project, packageJsonPath),
    miniprogramNpmDistDir: path.join(project, miniprogramNpmDistDir),
    ignores: [],
  });
  reports.push(report);
}
fs.writeFileSync(path.join(examples, 'npm-build.json'), JSON.stringify(reports));
