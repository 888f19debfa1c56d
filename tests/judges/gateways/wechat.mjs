// wechatpay-axios-plugin as a judge: it drives the simulator, reads its answers and notices, and what it signs is
// printed for `cipherlane gateway explain`.
// Usage: node wechat.mjs MODULES HOST:PORT KEYS REQUEST.http
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const [modules, where, keys, out] = process.argv.slice(2);
const load = createRequire(modules + '/');
const { Wechatpay, Rsa, Formatter, Aes } = load('wechatpay-axios-plugin');

const file = (name) => readFileSync(`${keys}/${name}`);
const serial = '5AF1C0DE00000000000000000000000000000001';
const keyId = 'PUB_KEY_ID_0119990000012026092100000001';
const merchant = { appid: 'wx0123456789abcdef', mchid: '1999000001' };
const platform = file('platform_public.pem');
const pay = new Wechatpay({
    mchid: merchant.mchid, serial, privateKey: file('merchant_key.pem'), certs: { [keyId]: platform },
    baseURL: `http://${where}/`,
});
const call = async (method, path, body, more = {}) => {
    const config = { headers: { 'Wechatpay-Serial': keyId, 'User-Agent': 'judge' }, ...more };
    return method === 'get' ? pay.chain(path).get(config) : pay.chain(path).post(body, config);
};

// A notice: whoever gets one has its very bytes.
const notice = await new Promise((tell, fail) => {
    const server = createServer((request, answer) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            answer.writeHead(204).end();
            server.close();
            tell({ headers: request.headers, body: Buffer.concat(parts).toString() });
        });
    });
    server.listen(0, '127.0.0.1', async () => {
        try {
            const made = await call('post', 'v3/pay/transactions/native', {
                ...merchant, description: '咖啡 中杯/Café', out_trade_no: 'JUDGE-1',
                notify_url: `http://127.0.0.1:${server.address().port}/notify`,
                amount: { total: 1990, currency: 'CNY' },
            });
            assert.equal(made.status, 200);
            assert.match(made.data.code_url, /^weixin:/);
        } catch (why) {
            fail(why);
        }
    });
    setTimeout(() => fail(new Error('no notice came')), 60000).unref();
});
const text = Formatter.joinedByLineFeed(
    notice.headers['wechatpay-timestamp'], notice.headers['wechatpay-nonce'], notice.body);
assert.ok(Rsa.verify(text, notice.headers['wechatpay-signature'], platform), 'the notice is signed by the platform');
const { resource } = JSON.parse(notice.body);
const told = JSON.parse(Aes.AesGcm.decrypt(
    resource.ciphertext, file('api_v3.key').toString(), resource.nonce, resource.associated_data));
assert.equal(told.out_trade_no, 'JUDGE-1');
assert.equal(told.amount.total, 1990);

// The plugin proves each answer before it hands it on.
const asked = await call('get', 'v3/pay/transactions/out-trade-no/JUDGE-1', null, { params: { mchid: merchant.mchid } });
assert.equal(asked.data.trade_state, 'SUCCESS');
const refund = {
    out_trade_no: 'JUDGE-1', out_refund_no: 'RJUDGE-1', notify_url: 'https://till.example/n',
    amount: { refund: 990, total: 1990, currency: 'CNY' },
};
assert.equal((await call('post', 'v3/refund/domestic/refunds', refund)).data.status, 'SUCCESS');
assert.equal((await call('get', 'v3/refund/domestic/refunds/RJUDGE-1', null)).data.amount.refund, 990);
const charged = await call('post', 'v3/pay/transactions/codepay', {
    ...merchant, description: 'x', out_trade_no: 'JUDGE-2', payer: { auth_code: '134567890123456789' },
    scene_info: { store_info: { out_id: '1' } }, amount: { total: 5, currency: 'CNY' },
});
assert.equal(charged.data.trade_state, 'SUCCESS');
const none = await call('get', 'v3/pay/transactions/out-trade-no/JUDGE-9', null, { params: { mchid: merchant.mchid } })
    .then(() => assert.fail('there is no such order'), (why) => why.response);
assert.equal(none.status, 404);
assert.equal(none.data.code, 'ORDER_NOT_EXIST');

// What the plugin signs, for our own side to read.
const body = JSON.stringify({ ...merchant, description: '版 — %+', out_trade_no: 'JUDGE-3' });
const [time, nonce] = [`${Formatter.timestamp()}`, Formatter.nonce()];
const target = '/v3/pay/transactions/native?a=%E7%89%88';
const signature = Rsa.sign(Formatter.request('POST', target, time, nonce, body), file('merchant_key.pem'));
writeFileSync(out, `POST ${target} HTTP/1.1\r\nHost: x\r\nAuthorization: ${
    Formatter.authorization(merchant.mchid, nonce, signature, time, serial)}\r\n\r\n${body}`);
console.log('wechatpay-axios-plugin agrees');
