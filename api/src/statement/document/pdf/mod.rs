//! A statement for people: who, for when, from which balance to which, by which taxes, and how each line was calculated.

mod paper;
#[cfg(test)]
mod tests;
mod words;

use chrono::{Datelike, Timelike};
use krilla::metadata::{DateTime, Metadata};

use self::{
    paper::{BOTTOM, Ink, MARGIN, Paper, RIGHT, Style},
    words::{amount, day, money, rate, short_day, text, text_with},
};
use super::super::wire::{
    Billing, StatedCompany, StatedPayment, StatedVat, StatementDocument, StatementHead, StatementKind, StatementLine,
    TaxTreatment,
};
use crate::{
    ledger::{calculation::Calculation, wire::LedgerEntryKind},
    problem::{Language, Problem},
};

/// The most lines that are printed. A longer statement is read as JSON or CSV; its PDF says so.
const LINES_MAX: usize = 5_000;

const TITLE: Style = Style::bold(21.0, Ink::Blue);
const HEADING: Style = Style::bold(10.0, Ink::Blue);
const LABEL: Style = Style::new(7.5, Ink::Grey);
const BODY: Style = Style::new(9.0, Ink::Black);
const STRONG: Style = Style::bold(9.0, Ink::Black);
const SMALL: Style = Style::new(7.5, Ink::Grey);
const TOTAL: Style = Style::bold(12.0, Ink::Blue);

/// Where the columns of the lines begin.
const WHAT: f32 = MARGIN + 64.0;
/// From one line of small text to the next.
const LEADING: f32 = 10.5;
/// From one line of text to the next.
const BODY_LEADING: f32 = 12.0;
/// How wide the text of a line is.
const WHAT_WIDTH: f32 = 330.0;
/// How many payments stand among the balances at most: more of them have a table of their own.
const PAYMENTS_ABOVE: usize = 6;
/// How far to the right of a payment its reference stands.
const REFERENCE: f32 = 150.0;

/// The statement as a PDF.
pub(super) fn print(statement: &StatementDocument) -> Result<Vec<u8>, Problem> {
    let sheet = Sheet::of(statement)?;
    let language = sheet.language;
    let title = format!("{} {}", sheet.title(&statement.head), statement.head.period.code);
    let foot = format!("{} · {}", statement.head.id, text(language, "explained"));
    sheet.paper.print(metadata(&statement.head, title), &foot, |number, count| {
        text_with(language, "page", &[("number", number.to_string()), ("count", count.to_string())])
    })
}

fn metadata(head: &StatementHead, title: String) -> Metadata {
    let made = head.made_at;
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(made.year()).unwrap_or_default())
        .month(part(made.month()))
        .day(part(made.day()))
        .hour(part(made.hour()))
        .minute(part(made.minute()))
        .second(part(made.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(title)
        .authors(vec![head.payer.name.clone()])
        .language(head.language.clone())
        .creation_date(date)
        .document_id(head.id.clone())
}

/// A word as it stands on the wire.
fn word(value: serde_json::Result<serde_json::Value>) -> String {
    value.ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The paper, and how far down it is written.
struct Sheet {
    paper: Paper,
    y: f32,
    language: Language,
    /// What the pages after the first one say at their top: the statement, and whose it is.
    running: (String, String),
}

impl Sheet {
    /// Everything but the foot.
    fn of(statement: &StatementDocument) -> Result<Self, Problem> {
        let StatementDocument { head, lines: _ } = statement;
        let language = Language::preferred(&head.language);
        let mut sheet = Self { paper: Paper::new()?, y: MARGIN + 18.0, language, running: Default::default() };
        let partner = if head.payee.id == head.partner_id { &head.payee.name } else { &head.payer.name };
        sheet.running = (format!("{} {} · {}", sheet.title(head), head.period.code, head.currency), partner.clone());
        sheet.head(head);
        sheet.companies(head);
        sheet.balances(head);
        sheet.notes(head);
        sheet.lines(statement);
        sheet.payments(head);
        Ok(sheet)
    }

    fn say(&self, key: &str) -> String {
        text(self.language, key)
    }

    fn title(&self, head: &StatementHead) -> String {
        self.say(match head.kind {
            StatementKind::Earnings => "earnings",
            StatementKind::Remittance => "remittance",
        })
    }

    /// Begins another page where `height` does not fit on this one; whether it did.
    fn room(&mut self, height: f32) -> bool {
        if self.y + height <= BOTTOM {
            return false;
        }
        self.paper.turn();
        let (what, whose) = self.running.clone();
        self.paper.text(MARGIN, MARGIN, SMALL, &what);
        let left = RIGHT - MARGIN - self.paper.width(SMALL, &what) - 24.0;
        let whose = self.paper.cut(SMALL, &whose, left);
        self.paper.text_to(RIGHT, MARGIN, SMALL, &whose);
        self.y = MARGIN + 28.0;
        true
    }

    fn head(&mut self, head: &StatementHead) {
        let title = self.title(head);
        self.paper.text(MARGIN, self.y, TITLE, &title);
        self.paper.text_to(RIGHT, self.y - 7.0, Style::bold(12.0, Ink::Black), &head.period.code);
        let days = format!("{} – {}", day(self.language, head.period.first_day), day(self.language, head.period.last_day));
        self.paper.text_to(RIGHT, self.y + 6.0, SMALL, &days);
        self.y += 18.0;
        self.paper.line(MARGIN, RIGHT, self.y, Ink::Blue, 1.2);
        self.y += 22.0;
    }

    fn companies(&mut self, head: &StatementHead) {
        let middle = MARGIN + (RIGHT - MARGIN) / 2.0;
        let (top, payer, payee) = (self.y, self.say("payer"), self.say("payee"));
        let left = self.company(MARGIN, top, &payer, &head.payer);
        let right = self.company(middle, top, &payee, &head.payee);
        self.y = left.max(right) + 24.0;
        let billing = match head.billing {
            Some(Billing::SelfBilling) => "self_billing",
            Some(Billing::Invoice) => "invoice",
            None => "no_billing",
        };
        let facts = [
            ("number", head.number.to_string()),
            ("currency", head.currency.clone()),
            ("made_on", day(self.language, head.made_at.date_naive())),
            ("due_on", day(self.language, head.due_on)),
            ("billing", self.say(billing)),
        ];
        let to_pay = [
            head.payable_by.map(|payable_by| ("payable_by", day(self.language, payable_by))),
            head.payment_reference.clone().map(|reference| ("payment_reference", reference)),
        ];
        let mut x = MARGIN;
        for (label, value) in facts.into_iter().chain(to_pay.into_iter().flatten()) {
            let label = self.say(label);
            let width = self.paper.width(LABEL, &label).max(self.paper.width(BODY, &value));
            if x + width > RIGHT {
                (x, self.y) = (MARGIN, self.y + 30.0);
            }
            self.paper.text(x, self.y, LABEL, &label);
            self.paper.text(x, self.y + 12.0, BODY, &value);
            x += width + 24.0;
        }
        self.y += 34.0;
    }

    fn company(&mut self, x: f32, top: f32, label: &str, company: &StatedCompany) -> f32 {
        let StatedCompany { id: _, name, country, tax_id } = company;
        let mut y = top;
        self.paper.text(x, y, LABEL, label);
        for line in self.paper.wrapped(Style::bold(11.0, Ink::Black), name, 230.0) {
            y += 14.0;
            self.paper.text(x, y, Style::bold(11.0, Ink::Black), &line);
        }
        let tax_id = tax_id.as_ref().map(|number| format!("{} {number}", self.say("tax_id")));
        let place = [Some(country.clone()), tax_id].into_iter().flatten().collect::<Vec<_>>().join(" · ");
        y += 12.0;
        self.paper.text(x, y, SMALL, &place);
        y
    }

    /// From one balance to the next, on a ground of its own.
    fn balances(&mut self, head: &StatementHead) {
        let mut rows = vec![
            (self.say("opening_balance"), amount(self.language, &head.opening_balance.amount)),
            (self.say("lines_total"), amount(self.language, &head.lines_total.amount)),
            (
                text_with(self.language, "vat", &[("rate", self.vat_rate(&head.tax.vat))]),
                amount(self.language, &head.tax.vat.amount.amount),
            ),
        ];
        if let Some(withholding) = &head.tax.withholding {
            let label = text_with(self.language, "withheld", &[("rate", rate(self.language, &withholding.rate))]);
            rows.push((label, self.taken_off(&withholding.amount.amount)));
        }
        if head.payments.len() > PAYMENTS_ABOVE {
            let label = text_with(self.language, "paid_total", &[("count", head.payments.len().to_string())]);
            rows.push((label, self.taken_off(&head.paid_total.amount)));
        } else {
            rows.extend(head.payments.iter().map(|payment| self.payment(payment)));
        }
        let top = self.y - 4.0;
        let height: f32 = rows.iter().map(|_| 15.0).sum();
        self.paper.area(MARGIN, top, RIGHT, top + height + 42.0, Ink::Ground);
        self.y += 14.0;
        for (label, amount) in rows {
            self.paper.text(MARGIN + 14.0, self.y, BODY, &label);
            self.paper.text_to(RIGHT - 14.0, self.y, BODY, &amount);
            self.y += 15.0;
        }
        self.paper.line(MARGIN + 14.0, RIGHT - 14.0, self.y - 6.0, Ink::Blue, 0.8);
        self.y += 10.0;
        let (label, closing) = (self.say("closing_balance"), money(self.language, &head.closing_balance));
        self.paper.text(MARGIN + 14.0, self.y, TOTAL, &label);
        self.paper.text_to(RIGHT - 14.0, self.y, TOTAL, &closing);
        self.y = top + height + 62.0;
    }

    /// What was paid or came back, and when.
    fn payment(&self, payment: &StatedPayment) -> (String, String) {
        let what = if payment.amount.amount.starts_with('-') { "came_back" } else { "paid" };
        let label = text_with(self.language, what, &[("day", day(self.language, payment.dated_on))]);
        (label, self.taken_off(&payment.amount.amount))
    }

    /// Each of the payments, where they are too many to stand among the balances.
    fn payments(&mut self, head: &StatementHead) {
        if head.payments.len() <= PAYMENTS_ABOVE {
            return;
        }
        self.y += 40.0;
        self.room(60.0);
        let heading = text_with(self.language, "payments", &[("count", head.payments.len().to_string())]);
        self.paper.text(MARGIN, self.y, HEADING, &heading);
        self.y += 18.0;
        for payment in &head.payments {
            self.room(20.0);
            let (label, amount) = self.payment(payment);
            self.paper.text(MARGIN, self.y, BODY, &label);
            self.paper.text(MARGIN + REFERENCE, self.y, SMALL, &payment.reference);
            self.paper.text_to(RIGHT, self.y, BODY, &amount);
            self.y += 16.0;
        }
    }

    /// The rate of value added tax, or why there is none.
    fn vat_rate(&self, vat: &StatedVat) -> String {
        match vat.treatment {
            TaxTreatment::StandardRate => rate(self.language, &vat.rate),
            other => self.say(&format!("treatment.{}", word(serde_json::to_value(other)))),
        }
    }

    /// An amount that is taken off, with its sign turned.
    fn taken_off(&self, decimal: &str) -> String {
        match decimal.strip_prefix('-') {
            Some(back) => amount(self.language, back),
            None if decimal.bytes().all(|byte| matches!(byte, b'0' | b'.')) => amount(self.language, decimal),
            None => amount(self.language, &format!("-{decimal}")),
        }
    }

    /// By which law the taxes are what they are.
    fn notes(&mut self, head: &StatementHead) {
        let notes = [Some(&head.tax.vat.note), head.tax.withholding.as_ref().map(|withholding| &withholding.note)];
        for note in notes.into_iter().flatten() {
            for line in self.paper.wrapped(SMALL, note, RIGHT - MARGIN) {
                self.room(LEADING);
                self.paper.text(MARGIN, self.y, SMALL, &line);
                self.y += LEADING;
            }
        }
        self.y += 20.0;
    }

    fn columns(&mut self) {
        let [date, what, amount] = ["date", "what", "amount"].map(|key| self.say(key));
        self.paper.text(MARGIN, self.y, LABEL, &date);
        self.paper.text(WHAT, self.y, LABEL, &what);
        self.paper.text_to(RIGHT, self.y, LABEL, &amount);
        self.y += 6.0;
        self.paper.line(MARGIN, RIGHT, self.y, Ink::Blue, 0.8);
        self.y += 14.0;
    }

    fn lines(&mut self, statement: &StatementDocument) {
        let StatementDocument { head, lines } = statement;
        self.room(80.0);
        let heading = text_with(self.language, "lines", &[("count", head.line_count.to_string())]);
        self.paper.text(MARGIN, self.y, HEADING, &heading);
        self.y += 18.0;
        self.columns();
        for line in lines.iter().take(LINES_MAX) {
            self.row(line, head.period.last_day.year());
        }
        if lines.len() > LINES_MAX {
            let more = text_with(self.language, "more", &[("count", lines.len().saturating_sub(LINES_MAX).to_string())]);
            self.room(20.0);
            self.paper.text(WHAT, self.y, SMALL, &more);
            self.y += 16.0;
        }
        self.room(24.0);
        let label = self.say("lines_total");
        self.paper.text(WHAT, self.y + 2.0, STRONG, &label);
        self.paper.text_to(RIGHT, self.y + 2.0, STRONG, &money(self.language, &head.lines_total));
    }

    fn row(&mut self, line: &StatementLine, year: i32) {
        let how = self.how(line);
        let how = if how.is_empty() { Vec::new() } else { self.paper.wrapped(SMALL, &how, WHAT_WIDTH) };
        let mut what = self.paper.wrapped(BODY, &self.what(line), WHAT_WIDTH).into_iter();
        let height: f32 = what.clone().skip(1).map(|_| BODY_LEADING).chain(how.iter().map(|_| LEADING)).sum();
        if self.room(height + 20.0) {
            self.columns();
        }
        let date = short_day(self.language, line.payable_on, year);
        self.paper.text(MARGIN, self.y, BODY, &date);
        self.paper.text(WHAT, self.y, BODY, &what.next().unwrap_or_default());
        self.paper.text_to(RIGHT, self.y, BODY, &amount(self.language, &line.amount.amount));
        for more in what {
            self.y += BODY_LEADING;
            self.paper.text(WHAT, self.y, BODY, &more);
        }
        for text in how {
            self.y += LEADING;
            self.paper.text(WHAT, self.y, SMALL, &text);
        }
        self.y += 6.5;
        self.paper.line(MARGIN, RIGHT, self.y, Ink::Pale, 0.5);
        self.y += 12.5;
    }

    /// What a line is for: its kind, of a fee also which one, the customer and the year.
    fn what(&self, line: &StatementLine) -> String {
        let kind = self.say(&format!("kind.{}", word(serde_json::to_value(line.kind))));
        let correction =
            line.correction.map(|correction| self.say(&format!("correction.{}", word(serde_json::to_value(correction)))));
        let fee = (line.kind == LedgerEntryKind::Fee).then(|| line.rule.replace('_', " "));
        let reference = line.calculation.reference.clone();
        let year = line.calculation.year.map(|year| text_with(self.language, "year", &[("year", year.to_string())]));
        [correction, Some(kind), fee, reference, line.customer.clone(), year]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// The main components of its calculation (Directive 86/653/EEC, Article 12).
    fn how(&self, line: &StatementLine) -> String {
        let Calculation {
            agreement_id: _,
            ordinal,
            year: _,
            base,
            rate: part,
            margin_rate,
            fixed_amount,
            unit_amount,
            quantity,
            reference: _,
            reason,
            divided_to_date,
            divided_part,
            reached,
            contracted,
            entitled_to_date,
            posted_before,
            left_of_corrected,
        } = &line.calculation;
        let written = |decimal: &String| amount(self.language, decimal);
        let of_base = part.as_ref().zip(base.as_ref()).map(|(part, base)| {
            text_with(self.language, "of_base", &[("rate", rate(self.language, part)), ("base", written(base))])
        });
        let less_margin = margin_rate.as_ref().zip(base.as_ref()).map(|(margin, base)| {
            text_with(self.language, "less_margin", &[("rate", rate(self.language, margin)), ("base", written(base))])
        });
        let so_far = reached.as_ref().zip(contracted.as_ref()).map(|(reached, contracted)| {
            text_with(self.language, "reached", &[("reached", written(reached)), ("contracted", written(contracted))])
        });
        let due = entitled_to_date
            .as_ref()
            .zip(posted_before.as_ref())
            .map(|(due, before)| text_with(self.language, "to_date", &[("due", written(due)), ("before", written(before))]));
        let corrects = line.corrected_amount.as_ref().zip(line.corrected_period.as_ref()).map(|(corrected, period)| {
            text_with(self.language, "corrects", &[("amount", written(&corrected.amount)), ("period", period.clone())])
        });
        let units = quantity.as_ref().zip(unit_amount.as_ref()).map(|(quantity, unit)| {
            text_with(self.language, "units", &[("quantity", written(quantity)), ("amount", written(unit))])
        });
        let fixed = fixed_amount.as_ref().map(|fixed| text_with(self.language, "fixed", &[("amount", written(fixed))]));
        let divided = divided_to_date.as_ref().zip(divided_part.as_ref()).map(|(whole, part)| {
            text_with(self.language, "divided", &[("part", rate(self.language, part)), ("whole", written(whole))])
        });
        let sale = ordinal.map(|ordinal| text_with(self.language, "sale", &[("number", ordinal.to_string())]));
        let left = left_of_corrected.as_ref().map(|left| text_with(self.language, "left", &[("amount", written(left))]));
        [corrects, reason.clone(), sale, of_base, less_margin, fixed, units, so_far, due, left, divided]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    }
}
