// alipay-sdk as a judge: it drives the simulator, reads its answers and notices, and what it sends is kept for
// `cipherlane gateway explain`.
// Usage: node alipay.mjs MODULES HOST:PORT KEYS REQUEST.http
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const [modules, where, keys, out] = process.argv.slice(2);
const load = createRequire(modules + '/');
const { AlipaySdk } = load('alipay-sdk');

const file = (name) => readFileSync(`${keys}/${name}`, 'ascii');
const speaking = (to) => new AlipaySdk({
    appId: '2026000000000001', privateKey: file('merchant_key.pem'), alipayPublicKey: file('platform_public.pem'),
    keyType: 'PKCS8', gateway: `http://${to}/gateway.do`, endpoint: `http://${to}`,
});
const sdk = speaking(where);
const call = (method, bizContent, more = {}) => sdk.exec(method, { bizContent, ...more }, { validateSign: true });

/// The first request that comes to a server of our own, while `act` makes one come.
const caught = (act, reply) => new Promise((tell, fail) => {
    const server = createServer((request, answer) => {
        const parts = [];
        request.on('data', (part) => parts.push(part));
        request.on('end', () => {
            answer.end(reply);
            server.close();
            tell({ head: `${request.method} ${request.url} HTTP/1.1`, body: Buffer.concat(parts).toString() });
        });
    });
    server.listen(0, '127.0.0.1', () => act(`127.0.0.1:${server.address().port}`).catch(fail));
    setTimeout(() => fail(new Error('nothing came')), 60000).unref();
});

const notice = await caught(async (at) => {
    const made = await call('alipay.trade.precreate', {
        out_trade_no: 'JUDGE-1', total_amount: '19.90', subject: '咖啡 中杯', product_code: 'QR_CODE_OFFLINE',
    }, { notifyUrl: `http://${at}/notify` });
    assert.equal(made.code, '10000');
    assert.match(made.qrCode, /^https:\/\/qr\.alipay\.com\//);
}, 'success');
const form = Object.fromEntries(new URLSearchParams(notice.body));
assert.ok(sdk.checkNotifySignV2(form), 'the notice is signed by Alipay');
assert.equal(form.out_trade_no, 'JUDGE-1');
assert.equal(form.total_amount, '19.90');

const asked = await call('alipay.trade.query', { out_trade_no: 'JUDGE-1' });
assert.equal(asked.tradeStatus, 'TRADE_SUCCESS');
assert.equal(asked.totalAmount, '19.90');
const back = await call('alipay.trade.refund', {
    out_trade_no: 'JUDGE-1', out_request_no: 'RJUDGE-1', refund_amount: '9.90' });
assert.equal(back.fundChange, 'Y');
const charged = await call('alipay.trade.pay', {
    out_trade_no: 'JUDGE-2', total_amount: '0.05', subject: '%+—', scene: 'bar_code',
    auth_code: '285712345678901234', product_code: 'FACE_TO_FACE_PAYMENT' });
assert.equal(charged.code, '10000');
const none = await call('alipay.trade.query', { out_trade_no: 'JUDGE-9' });
assert.equal(none.subCode, 'ACQ.TRADE_NOT_EXIST');

// What the SDK sends, for our own side to read.
const sent = await caught(async (at) => {
    await speaking(at).exec('alipay.trade.query', { bizContent: { out_trade_no: '版 — %+/' } }).catch(() => {});
}, '{}');
writeFileSync(out, `${sent.head}\r\n\r\n${sent.body}`);
console.log('alipay-sdk agrees');
