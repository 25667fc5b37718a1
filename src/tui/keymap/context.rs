//! Where keys are pressed.

/// Where keys are pressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Context {
    /// List of candidates and explanation.
    Overview,
    /// All candidates on one axis of time.
    Timeline,
    /// Every name in every view.
    Views,
    /// Stages of one candidate.
    Stages,
    /// One stage, as it is.
    Raw,
    /// Certificate explorer.
    Certificate,
    /// A filter is being typed.
    Filter,
    /// What is sought in a text is being typed.
    Search,
    /// Help lies above the screen.
    Help,
    /// A question lies above the screen.
    Question,
    /// What is taken to be different is being typed.
    WhatIf,
    /// Questions that only a person can answer.
    Questions,
    /// Something is being sought.
    Palette,
    /// A page of the catalogue lies above the screen.
    Page,
    /// What somebody signs in with is being typed.
    SignIn,
    /// Shall it be sent?
    SignInConfirm,
    /// Something is typed into the form at the start.
    Form,
    /// Something is chosen in the form at the start.
    FormChoice,
    /// A run that was kept is looked at in the form at the start.
    FormRuns,
    /// One of the lab's cases is being chosen.
    Cases,
    /// One of several addresses is being chosen.
    Addresses,
}

impl Context {
    /// Every context.
    pub const ALL: [Self; 21] = [
        Self::Overview,
        Self::Timeline,
        Self::Views,
        Self::Stages,
        Self::Raw,
        Self::Certificate,
        Self::Filter,
        Self::Search,
        Self::Help,
        Self::Question,
        Self::WhatIf,
        Self::Questions,
        Self::Palette,
        Self::Page,
        Self::SignIn,
        Self::SignInConfirm,
        Self::Form,
        Self::FormChoice,
        Self::FormRuns,
        Self::Cases,
        Self::Addresses,
    ];
}
