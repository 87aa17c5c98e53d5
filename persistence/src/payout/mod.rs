//! Where companies are paid, what was paid to them, what partners remitted, and what banks say of it.

mod account;
mod bank;
mod entry;
mod open;
mod paid;
mod remittance;
mod run;

use domain::id::CompanyId;

use crate::columns::Uid;
pub use account::{
    AccountFilters, BankAccount, account, find_account, insert_account, page_accounts, payable_account, update_account,
};
pub use bank::{
    BankEntry, BankStatement, bank_statement_of, find_bank_entry, find_bank_statement, insert_bank_entry, insert_bank_statement,
    is_banked, known_references, page_bank_entries, page_bank_statements, update_bank_entry,
};
pub use entry::{EntriesReached, entries_reached, stated_debt};
pub(crate) use entry::{LINE_ROLE, LineRole, PaidLines};
pub use open::{OpenAccount, open_accounts};
pub use paid::{
    Payout, PayoutFilters, PayoutPart, PayoutStep, append_step, find_payout, insert_payout, page_payouts, parts_of_all,
    payouts_of, periods_of, steps_of, update_payout,
};
pub use remittance::{
    OwedStatement, RemittanceAccount, RemittancePayment, debtor_of, find_remittance, insert_reminder, insert_remittance,
    owed_statements, page_remittances, remittance_accounts, remittances_between, visible_remittance_accounts,
};
pub use run::{FileFormat, PayoutFile, PayoutRun, files_of, find_file, find_run, insert_file, insert_run, page_runs, update_run};

/// A payer, given beside its master: a master is its own.
fn payer_of(payer: Uid, master: Uid) -> CompanyId {
    if payer == master { CompanyId::Master(master.id()) } else { CompanyId::Partner(payer.id()) }
}

/// Narrows to the rows that `view` may see: a payer's own.
macro_rules! own {
    ($table:ident, $view:expr) => {{
        let view: &$crate::view::View = $view;
        let payer = $crate::columns::Uid::from(view.company);
        let of_network = $table::table.into_boxed().filter($table::network_id.eq($crate::columns::Uid::from(view.network)));
        of_network.filter($table::payer_id.eq(payer))
    }};
}
use own;
