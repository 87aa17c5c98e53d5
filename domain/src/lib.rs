//! The rules of a partner network: who may sell what for whom, whose prospect it is, and who owes whom what.
//!
//! This crate decides and never acts. It knows no database, no HTTP and no clock: time and ids are arguments, a decision is
//! a value that says what to save, and a refusal is data that names every broken rule at once. `R` and `D` numbers in the
//! docs refer to the network's requirements and decisions.
//!
//! # Glossary
//!
//! These words are binding: in code, in the contract, in the database, each thing has this one name.
//!
//! | word | meaning |
//! |---|---|
//! | network | masters and partners working under one set of rules; everything belongs to exactly one network |
//! | master | a company that runs the network, provides its applications and supervises agreements |
//! | partner | a person or legal entity that takes part in the network under an agreement |
//! | company | a master or a partner, where either may stand: as payer, as debtor, as the one who serves |
//! | network company | a master, or a partner whose agreement lets it contract end customers (D6) |
//! | partnership type | a figure of the network (affiliate, reseller, client manager…): data, not code (R1) |
//! | terms | what a partnership type means from a date, in versions and languages (R86, R90) |
//! | stage | a dated step of a partner's growth within its terms (R39) |
//! | promotion | a partner's growth into the next stage of its terms: proposed, measured, decided by a master |
//! | condition | something that a stage asks of a partner before it begins, measured from the partner's own record |
//! | sub-network | the promoters of a reseller, one level deep (R44) |
//! | uplift | the points of margin that a sub-network brings its reseller (R45, D15) |
//! | offset ratio | which part of a reseller's promoters' commissions its uplift pays for (R46) |
//! | application | a would-be partner's request to one named master (R3) |
//! | figure | what a partner is to the network by its terms: a promoter of some kind, a reseller, an integrator |
//! | capability | what the terms of a figure let it do for network companies beside selling (R18 to R22) |
//! | promoter | a partner that works for network companies and does not contract customers itself (R9, R11) |
//! | agreement | the contract between a partner and its counterparty under some terms, supervised by a master (R7) |
//! | counterparty | the other party of an agreement: a master, or the reseller a promoter works with |
//! | supervision | a master's recorded decision on an agreement: a checklist with findings (R28) |
//! | amendment | a proposed version of a type's terms, until it is approved and applies from its day (R86, R90) |
//! | simulation | what an amendment would change of the sales of some days |
//! | restatement | a past sale counted again by an amendment's terms: its differences are entries of their own |
//! | special terms | what one agreement changes in the terms of its type (R2, R6) |
//! | prospect | a potential customer, known by tax id or registered domain (D17) |
//! | registration | a partner's claim that it negotiates with a prospect, with dated evidence (R33, R34) |
//! | protection | the effect of an accepted registration: no other partner competes for the prospect (R35, R36) |
//! | scope | what of a prospect is claimed, protected or sold: the whole of it, or named product lines (D17) |
//! | product line | what catalogue items belong to that a prospect can be protected for (D17) |
//! | dispute | a partner's objection to another's protection: both are heard, a master decides (R37, D18) |
//! | challenger, holder | the partner that opened a dispute, and the one whose registration it is about |
//! | decision | what a master finds in a dispute: an outcome, its reasons and its effects |
//! | division | a commission divided between the holder and the challenger of a dispute |
//! | pursuit | a master's own claim of a prospect: while it is open, it keeps others off like a protection (R36) |
//! | override | a master's leave for one company to sell inside another's protection |
//! | check | a partner's question whether a prospect is to be had, answered blindly (D22) |
//! | introduction | a promoter's connection of a network company with a prospect, and its way to a customer (R18) |
//! | portfolio | the customers that a client manager keeps together with a network company (R20) |
//! | place | a customer's days in a portfolio; also a partner's part in a sale |
//! | follow-up | a dated contact about a proposal that is followed, or with a customer of a portfolio (R19) |
//! | expertise | an area that a project consultant declares and a master confirms for some days (R21) |
//! | project | a customer's undertaking that a consultant advises and follows, with a network company (R21) |
//! | milestone | a step of a project: due on a day, with the progress that its consultant reports |
//! | advice | what a consultant says in a project, dated and kept |
//! | customer | a prospect that signed |
//! | responsibility | which company answers for a customer, from a day on: exactly one on every day (R51) |
//! | case | what masters do about a partner that fails its customers: suspended, planned, approved by two people, carried out (R49) |
//! | plan | who takes over a failed partner's customers, from which day |
//! | transfer | that a partner goes over to another master or partnership type from a day on (D4) |
//! | takeover | that another company answers for a contract from a day on (D19) |
//! | guarantee | what a partner itself has for its customers, should it fail; used first (R50) |
//! | catalogue item | what can be sold: network module, network service, complementary, partner's own (R4) |
//! | line | one catalogue item in a proposal or contract, with its prices and its duties |
//! | network line | a line whose item is a network module or a network service |
//! | duty | contracting, billing, start-up, integration, training, support, maintenance: each line names who has each (R53) |
//! | proposal | an offer in versions; signing one makes the contract |
//! | contract | what a customer signed: lines, seller, the agreements that earn by it, and its sale's ordinal |
//! | sale | a signed contract, seen by a partner that earns by it |
//! | ordinal | the number of a sale among a partner's sales of its type in the network, frozen at signing (D11) |
//! | annuity | what a customer pays for twelve contract months, net of tax and after discounts (D12) |
//! | instalment | a part of an annuity that was invoiced, collected or credited |
//! | rule | one line of the terms that makes money move: commission, margin or buy price |
//! | commission | what a network company owes a partner for a sale |
//! | margin | what a reseller keeps of the network lines it sells |
//! | share | what a reseller owes its master: network lines less the margin (R15) |
//! | buy price | what an affiliate owes its master: a part of the list price (R55) |
//! | entry | one amount from a debtor to a creditor in the ledger; what belongs together is one journal |
//! | source | what made a journal, and which of its turns: each makes one journal at most |
//! | period | a month or quarter of the books, by currency: what is closed takes no more entries |
//! | outcome | the reason why a qualifying event earned nothing |
//! | explanation | terms, inputs, steps and losing rules that made an entry, kept with it |
//! | qualification | what a partner has shown that it can do, granted by a master for a time (R43, R56, R64) |
//! | course | what an instructor or a master teaches: a course, webinar, training or seminar (R22, R82, R85) |
//! | enrolment | a partner's person in a session of a course, or on its waiting list |
//! | certificate | what whoever passed a course can show, verified by its number |
//! | benefit | what terms give a partner beside money, and each use of it (R81 to R85) |
//! | bank account | where a company is paid, from a day on |
//! | payout | one amount that a payer pays a partner for what statements state, each of them once |
//! | payout run | the payouts of one payer in one currency that go to its bank together |
//! | remittance | what a partner owes its master by a statement, and the payments that settle it |
//! | bank entry | one movement of a bank's statement, matched to the payout or the remittance that it is about |
//! | statement | what one company owes a partner, or a partner its master, for a period in a currency: balance to balance, sealed |
//! | closing run | what makes all statements of a period and currency, each once |
//! | tax profile | how a company is taxed from a day on |
//! | minimum sales | how many sales terms ask for in each anniversary year of an agreement (R57, D13) |
//! | finding | what the service found and a master acknowledges and decides: it has no consequence by itself |
//! | entry fee | what a partner owes its master for the segment it is conceded, assessed and approved by two people (R58) |
//! | obligation | what runs out or is due for a company, with its day, read from the record that makes it |
//! | support request | a partner's request that its master drafts a proposal or contract for it (R41) |
//! | support desk | who answers a customer, by the duty of support on its contracts' lines (R43, R54, R67) |

#![deny(clippy::float_arithmetic, clippy::as_conversions)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod academy;
pub mod agreement;
pub mod amendment;
pub mod benefit;
mod code;
pub mod commission;
pub mod continuity;
pub mod decided;
pub mod dispute;
pub mod entry_fee;
pub mod expertise;
pub mod finding;
pub mod follow_up;
pub mod growth;
pub mod id;
pub mod introduction;
pub mod ledger;
pub mod minimum_sales;
pub mod money;
pub mod network;
pub mod obligation;
pub mod partner;
pub mod payout;
pub mod portfolio;
pub mod project;
pub mod promotion;
pub mod pursuit;
pub mod qualification;
pub mod registration;
pub mod sale;
pub mod statement;
pub mod sub_network;
pub mod support;
pub mod transfer;
