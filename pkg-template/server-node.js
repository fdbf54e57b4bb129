// The same functions as `require` gives, however it is loaded.
import api from './server.cjs';

export const { createClient, OpenDataError } = api;
