//! The names of elements we look at, found without allocating.

/// An element of an account message by local name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    /// Any element nothing is read from.
    Other,
    Acct,
    AcctSvcrRef,
    AddtlInf,
    AddtlNtryInf,
    AddtlRmtInf,
    AddtlTxInf,
    Amt,
    AmtDtls,
    Bal,
    Bban,
    Bic,
    BkTxCd,
    BookgDt,
    Btch,
    Ccy,
    Cd,
    CdOrPrtry,
    CdtDbtInd,
    Cdtr,
    CdtrAcct,
    CdtrAgt,
    CdtrRefInf,
    CreDtTm,
    Dbtr,
    DbtrAcct,
    DbtrAgt,
    Domn,
    Dt,
    DtTm,
    ElctrncSeqNb,
    EndToEndId,
    FinInstnId,
    Fmly,
    FrDtTm,
    FrToDt,
    GrpHdr,
    Iban,
    Id,
    InstrId,
    LglSeqNb,
    MndtId,
    MsgId,
    Nb,
    NbOfNtries,
    NbOfTxs,
    Nm,
    Notification,
    Ntry,
    NtryDtls,
    NtryRef,
    Othr,
    Ownr,
    PmtInfId,
    Prtry,
    PrtryAcct,
    Pty,
    Ref,
    Refs,
    Report,
    RfrdDocInf,
    RltdAgts,
    RltdPties,
    RmtInf,
    Rsn,
    RtrInf,
    RvslInd,
    Statement,
    Strd,
    Sts,
    SubFmlyCd,
    SubTp,
    Sum,
    Svcr,
    ToDtTm,
    Tp,
    TtlCdtNtries,
    TtlDbtNtries,
    TtlNtries,
    TxAmt,
    TxDtls,
    TxId,
    TxsSummry,
    UltmtCdtr,
    UltmtDbtr,
    Ustrd,
    ValDt,
    /// `BkToCstmrAcctRpt`: a camt.052 message.
    ReportMessage,
    /// `BkToCstmrStmt`: a camt.053 message.
    StatementMessage,
    /// `BkToCstmrDbtCdtNtfctn`: a camt.054 message.
    NotificationMessage,
}

/// Names and their elements. Older names of the same thing map to one element;
/// the names with `V01` and the `Cdtr`-less forms are those of message version 01.
const NAMES: &[(&str, Tag)] = &[
    ("Acct", Tag::Acct),
    ("AcctSvcrRef", Tag::AcctSvcrRef),
    ("AddtlInf", Tag::AddtlInf),
    ("AddtlNtryInf", Tag::AddtlNtryInf),
    ("AddtlRmtInf", Tag::AddtlRmtInf),
    ("AddtlTxInf", Tag::AddtlTxInf),
    ("Amt", Tag::Amt),
    ("AmtDtls", Tag::AmtDtls),
    ("BBAN", Tag::Bban),
    ("BIC", Tag::Bic),
    ("BICFI", Tag::Bic),
    ("Bal", Tag::Bal),
    ("BkToCstmrAcctRpt", Tag::ReportMessage),
    ("BkToCstmrAcctRptV01", Tag::ReportMessage),
    ("BkToCstmrDbtCdtNtfctn", Tag::NotificationMessage),
    ("BkToCstmrDbtCdtNtfctnV01", Tag::NotificationMessage),
    ("BkToCstmrStmt", Tag::StatementMessage),
    ("BkToCstmrStmtV01", Tag::StatementMessage),
    ("BkTxCd", Tag::BkTxCd),
    ("BookgDt", Tag::BookgDt),
    ("Btch", Tag::Btch),
    ("Ccy", Tag::Ccy),
    ("Cd", Tag::Cd),
    ("CdOrPrtry", Tag::CdOrPrtry),
    ("CdtDbtInd", Tag::CdtDbtInd),
    ("Cdtr", Tag::Cdtr),
    ("CdtrAcct", Tag::CdtrAcct),
    ("CdtrAgt", Tag::CdtrAgt),
    ("CdtrRef", Tag::Ref),
    ("CdtrRefInf", Tag::CdtrRefInf),
    ("CreDtTm", Tag::CreDtTm),
    ("Dbtr", Tag::Dbtr),
    ("DbtrAcct", Tag::DbtrAcct),
    ("DbtrAgt", Tag::DbtrAgt),
    ("Domn", Tag::Domn),
    ("Dt", Tag::Dt),
    ("DtTm", Tag::DtTm),
    ("ElctrncSeqNb", Tag::ElctrncSeqNb),
    ("EndToEndId", Tag::EndToEndId),
    ("FinInstnId", Tag::FinInstnId),
    ("Fmly", Tag::Fmly),
    ("FrDtTm", Tag::FrDtTm),
    ("FrToDt", Tag::FrToDt),
    ("GrpHdr", Tag::GrpHdr),
    ("IBAN", Tag::Iban),
    ("Id", Tag::Id),
    ("InstrId", Tag::InstrId),
    ("LglSeqNb", Tag::LglSeqNb),
    ("MndtId", Tag::MndtId),
    ("MsgId", Tag::MsgId),
    ("Nb", Tag::Nb),
    ("NbOfNtries", Tag::NbOfNtries),
    ("NbOfTxs", Tag::NbOfTxs),
    ("Nm", Tag::Nm),
    ("Ntfctn", Tag::Notification),
    ("Ntry", Tag::Ntry),
    ("NtryDtls", Tag::NtryDtls),
    ("NtryRef", Tag::NtryRef),
    ("Othr", Tag::Othr),
    ("Ownr", Tag::Ownr),
    ("PmtInfId", Tag::PmtInfId),
    ("Prtry", Tag::Prtry),
    ("PrtryAcct", Tag::PrtryAcct),
    ("Pty", Tag::Pty),
    ("Ref", Tag::Ref),
    ("Refs", Tag::Refs),
    ("RfrdDocInf", Tag::RfrdDocInf),
    ("RfrdDocNb", Tag::Nb),
    ("RltdAgts", Tag::RltdAgts),
    ("RltdPties", Tag::RltdPties),
    ("RmtInf", Tag::RmtInf),
    ("Rpt", Tag::Report),
    ("Rsn", Tag::Rsn),
    ("RtrInf", Tag::RtrInf),
    ("RtrRsn", Tag::Rsn),
    ("RvslInd", Tag::RvslInd),
    ("Stmt", Tag::Statement),
    ("Strd", Tag::Strd),
    ("Sts", Tag::Sts),
    ("SubFmlyCd", Tag::SubFmlyCd),
    ("SubTp", Tag::SubTp),
    ("Sum", Tag::Sum),
    ("Svcr", Tag::Svcr),
    ("ToDtTm", Tag::ToDtTm),
    ("Tp", Tag::Tp),
    ("TtlCdtNtries", Tag::TtlCdtNtries),
    ("TtlDbtNtries", Tag::TtlDbtNtries),
    ("TtlNtries", Tag::TtlNtries),
    ("TxAmt", Tag::TxAmt),
    ("TxDtls", Tag::TxDtls),
    ("TxId", Tag::TxId),
    ("TxsSummry", Tag::TxsSummry),
    ("UltmtCdtr", Tag::UltmtCdtr),
    ("UltmtDbtr", Tag::UltmtDbtr),
    ("Ustrd", Tag::Ustrd),
    ("ValDt", Tag::ValDt),
];

/// Slots of the table; a power of two well above the number of names.
const SLOTS: usize = 512;
const EMPTY: u8 = u8::MAX;

/// Finds elements by name. Every element of a file passes here, hence a table
/// of slots instead of a hundred comparisons.
pub(super) struct Tags {
    slots: [u8; SLOTS],
}

impl Tags {
    pub(super) fn new() -> Self {
        let mut slots = [EMPTY; SLOTS];
        for (index, (name, _)) in NAMES.iter().enumerate() {
            let mut slot = slot_of(name);
            while slots[slot] != EMPTY {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = index as u8;
        }
        Tags { slots }
    }

    #[inline]
    pub(super) fn find(&self, name: &str) -> Tag {
        let mut slot = slot_of(name);
        loop {
            let index = self.slots[slot];
            if index == EMPTY {
                return Tag::Other;
            }
            let (known, tag) = NAMES[usize::from(index)];
            if known == name {
                return tag;
            }
            slot = (slot + 1) % SLOTS;
        }
    }
}

#[inline]
fn slot_of(name: &str) -> usize {
    let bytes = name.as_bytes();
    let at = |index: usize| bytes.get(index).copied().map_or(0, usize::from);
    let middle = at(bytes.len() / 2);
    let last = at(bytes.len().wrapping_sub(1));
    (bytes.len() * 37 + at(0) * 131 + at(2) * 59 + middle * 17 + last * 7) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_others_are_not() {
        let tags = Tags::new();
        for (name, tag) in NAMES {
            assert_eq!(tags.find(name), *tag, "{name}");
        }
        for name in ["", "A", "Ntr", "Ntryy", "PstlAdr", "ü", "Document"] {
            assert_eq!(tags.find(name), Tag::Other, "{name}");
        }
    }

    #[test]
    fn the_table_is_short_to_search() {
        let tags = Tags::new();
        let steps: usize = NAMES
            .iter()
            .map(|(name, _)| {
                let start = slot_of(name);
                (0..SLOTS)
                    .position(|step| {
                        let index = tags.slots[(start + step) % SLOTS];
                        index != EMPTY && NAMES[usize::from(index)].0 == *name
                    })
                    .expect("every name has a slot")
            })
            .sum();
        assert!(steps < NAMES.len(), "{steps} steps for {} names", NAMES.len());
    }
}
