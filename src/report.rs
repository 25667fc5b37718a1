//! Reports: the model and its diagnosis as text or JSON.
