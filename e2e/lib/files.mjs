// The files a user would bring: debtors with a mistake in them, the same mended, receivables, a bank statement.

/** The business of the story. */
export const CREDITOR = { name: 'Nordlicht Handel', email: 'post@nordlicht.example', iban: 'DE02120300000000202051' };

/** A name that would be markup if anybody forgot to escape it. */
export const HOSTILE = '<b>Bobby</b> "Tables" & Söhne';

const DEBTORS = [
  ['customer number', 'name', 'email', 'country', 'language'],
  ['10042', 'Lena Winkler', 'lena.winkler@winkler.example', 'DE', 'en'],
  ['10043', 'Bäckerei Krüger GmbH', 'buchhaltung@krueger.example', 'DE', 'de'],
  ['10044', 'Harbour Books Ltd', 'accounts@harbour.example', 'GB', 'en'],
  ['10045', 'Ana Duarte', 'ana@duarte.example', 'DE', 'en'],
  ['10046', HOSTILE, 'bobby@tables.example', 'DE', 'en'],
];

const RECEIVABLES = [
  ['invoice number', 'customer number', 'amount', 'currency', 'invoice date', 'due date'],
  // Thirteen days late on the Monday, seven days late, due in three days, due next month.
  ['2026-1042', '10042', '120.50', 'EUR', '2026-10-11', '2026-11-10'],
  ['2026-1043', '10043', '980.00', 'EUR', '2026-10-17', '2026-11-16'],
  ['2026-1044', '10044', '75.00', 'EUR', '2026-11-15', '2026-12-15'],
  ['2026-1045', '10045', '300.00', 'EUR', '2026-10-27', '2026-11-26'],
  ['2026-1046', '10046', '42.00', 'EUR', '2026-10-15', '2026-11-14'],
];

function csv(rows) {
  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return `${rows.map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

function file(name, mimeType, text) {
  return { name, mimeType, buffer: Buffer.from(text) };
}

export const debtors = () => file('debtors.csv', 'text/csv', csv(DEBTORS));

/** The same with an address on line 4 that is none. */
export function debtorsWithMistake() {
  const rows = DEBTORS.map((row) => (row[0] === '10044' ? row.with(2, 'accounts.harbour.example') : row));
  return file('debtors.csv', 'text/csv', csv(rows));
}

export const receivables = () => file('receivables.csv', 'text/csv', csv(RECEIVABLES));

/** A second invoice of a debtor who has one, for plans over both. */
export const moreReceivables = () => file('more.csv', 'text/csv', csv([
  RECEIVABLES[0],
  ['2026-1051', '10042', '379.50', 'EUR', '2026-11-01', '2026-12-01'],
]));

/** Two credits of a Tuesday: one whose text names its invoice, one by another hand with a slip in the number. */
export function statement(day = '2026-11-24') {
  return transfers(day, [
    { amount: '980.00', payer: 'Baeckerei Krueger GmbH', iban: 'DE75512108001245126199', text: 'Rechnung 2026-1043' },
    { amount: '120.50', payer: 'W. Winkler', iban: 'DE21500500009876543210', text: 'Rechng 2026-1402 danke' },
  ]);
}

/** Credits of a day as the bank tells them; a line with a reference has it as a structured one. */
export function transfers(day, lines) {
  const told = ({ text, reference }) => (reference
    ? `<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>${reference}</Ref></CdtrRefInf></Strd>`
    : `<Ustrd>${text}</Ustrd>`);
  const closing = (500_000 + lines.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0)) / 100;
  const entries = lines.map(({ amount, payer, iban, ...line }, index) => `
      <Ntry>
        <Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
        <BookgDt><Dt>${day}</Dt></BookgDt><ValDt><Dt>${day}</Dt></ValDt>
        <AcctSvcrRef>${day}-${index + 1}</AcctSvcrRef>
        <BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>
        <NtryDtls><TxDtls>
          <Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
          <Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>
          <RltdPties>
            <Dbtr><Pty><Nm>${payer}</Nm></Pty></Dbtr>
            <DbtrAcct><Id><IBAN>${iban}</IBAN></Id></DbtrAcct>
          </RltdPties>
          <RmtInf>${told(line)}</RmtInf>
        </TxDtls></NtryDtls>
      </Ntry>`);
  const balance = (code, amount, on) => `
      <Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">${amount}</Amt>
        <CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`;
  return file(`statement-${day}.xml`, 'application/xml', `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08">
  <BkToCstmrStmt>
    <GrpHdr><MsgId>M-${day}</MsgId><CreDtTm>${day}T06:00:00+01:00</CreDtTm></GrpHdr>
    <Stmt>
      <Id>S-${day}</Id><ElctrncSeqNb>1</ElctrncSeqNb><CreDtTm>${day}T06:00:00+01:00</CreDtTm>
      <Acct><Id><IBAN>${CREDITOR.iban}</IBAN></Id><Ccy>EUR</Ccy></Acct>${balance('OPBD', '5000.00', day)}${balance('CLBD', closing.toFixed(2), day)}${entries.join('')}
    </Stmt>
  </BkToCstmrStmt>
</Document>
`);
}
