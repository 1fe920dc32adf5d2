// nodemailer's pooled transport, for comparison by tests/bench/send.
// usage: node nodemailer.js MODULE PORT MESSAGES HTML TEXT CONNECTIONS
const [module_, port, messages, html, text, connections] =
    process.argv.slice(2);
const fs = require("fs");
const transport = require(module_).createTransport({
    host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true,
    pool: true, maxConnections: Number(connections), maxMessages: Infinity,
});
const body = fs.readFileSync(html, "utf8");
const plain = fs.readFileSync(text, "utf8");
let given = 0, sent = 0, failed = 0;

function next() {
    if (given === Number(messages)) return;
    const i = ++given;
    transport.sendMail({
        from: "Weekly <weekly@example.org>",
        to: `Reader ${i} <reader${i}@example.net>`,
        subject: "Weekly Review", html: body, text: plain,
        list: {unsubscribe: `https://news.example.org/u/${i}`},
    }, error => {
        if (error) failed++; else sent++;
        if (sent + failed === Number(messages)) {
            transport.close();
            console.log(`${sent} sent, ${failed} failed`);
            process.exitCode = failed ? 1 : 0;
        }
        next();
    });
}
for (let i = 0; i < Number(connections) * 2; i++) next();
