'use strict';

// Drives one of the vendor's stock clients: reads a line of JSON {"action","parameters"} for each call and writes a line with what the client
// answered, {"body"} or {"code","body"}; {"broken"} is what is neither, such as a broken connection or a body the client cannot parse.

const readline = require('readline');

const endpoint = process.env.ENDPOINT;
const accessKeyId = process.env.ACCESS_KEY_ID;
const accessKeySecret = process.env.ACCESS_KEY_SECRET;

function popCore(method) {
  const PopCore = require('@alicloud/pop-core').RPCClient;
  const client = new PopCore({ accessKeyId, accessKeySecret, endpoint: `http://${endpoint}`, apiVersion: '2016-01-20' });
  return (action, parameters) => client.request(action, parameters, { method });
}

function kms20160120() {
  const sdk = require('@alicloud/kms20160120');
  const { Config } = require('@alicloud/rpc-client');
  const config = new Config({ accessKeyId, accessKeySecret, endpoint, protocol: 'HTTP', regionId: 'cn-hangzhou', type: 'access_key' });
  const client = new sdk.default(config);
  return async (action, parameters) => {
    const Request = sdk[`${action}Request`];
    const request = new Request({});
    for (const [property, name] of Object.entries(Request.names())) {
      if (name in parameters) {
        request[property] = Request.types()[property] === 'number' ? Number(parameters[name]) : parameters[name];
      }
    }
    const method = action[0].toLowerCase() + action.slice(1);
    const response = Request.names().length === 0 ? await client[method]() : await client[method](request, {});
    return response.toMap();
  };
}

const libraries = {
  'pop-core POST': () => popCore('POST'),
  'pop-core GET': () => popCore('GET'),
  'kms20160120': kms20160120,
};

async function main() {
  const call = libraries[process.argv[2]]();
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { action, parameters } = JSON.parse(line);
    let answer;
    try {
      answer = { body: await call(action, parameters) };
    } catch (error) {
      const body = error.data || {};
      const code = body.Code || error.code;
      const fromServer = typeof body.RequestId === 'string';
      answer = fromServer ? { code, body: { Code: body.Code, Message: body.Message, RequestId: body.RequestId } } : { broken: String(error.stack || error) };
    }
    process.stdout.write(JSON.stringify(answer) + '\n');
  }
}

main();
