//! The JSON of support requests and of support desks.

mod desk;
mod request;

pub use desk::{DeskContact, DeskContract, DeskLine, DeskQuery, SupportDesk};
pub use request::{
    HandOver, NewSupportRequest, SupportAssignee, SupportAssignment, SupportDecline, SupportDocument, SupportFilters,
    SupportRequest, SupportRequestPage, SupportRequestState,
};
