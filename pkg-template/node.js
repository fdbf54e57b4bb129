// The same functions as `require('weapp-opendata')` gives: one module instance, one OpenDataError, however it is loaded.
import api from './node.cjs';

export const { OpenDataError, checkWatermark, decrypt, decryptMany, diagnose, init, readCloudData } = api;
