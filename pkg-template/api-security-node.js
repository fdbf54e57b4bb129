// The same functions as `require` gives: one module instance, however it is loaded.
import api from './api-security.cjs';

export const { createApiSecurity, init, OpenDataError } = api;
