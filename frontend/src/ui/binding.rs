use leptos::prelude::*;
use reactive_stores::{StoreField, Subfield};

/// Value of an input, which the input can change: a signal, or a field of a store.
pub struct Binding<T: Send + Sync + 'static> {
    pub value: Signal<T>,
    pub set: SignalSetter<T>,
}

impl<T: Send + Sync> Clone for Binding<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Binding<T> {}

impl<T: Clone + Send + Sync + 'static> From<RwSignal<T>> for Binding<T> {
    fn from(signal: RwSignal<T>) -> Self {
        Self {
            value: signal.into(),
            set: signal.into(),
        }
    }
}

impl<Inner, Prev, T> From<Subfield<Inner, Prev, T>> for Binding<T>
where
    Inner: StoreField<Value = Prev> + Track + IsDisposed + Copy + Send + Sync + 'static,
    Prev: 'static,
    T: Clone + PartialEq + Send + Sync + 'static,
{
    fn from(field: Subfield<Inner, Prev, T>) -> Self {
        Self {
            // A memo, because replacing the store notifies all fields.
            value: Memo::new(move |_| field.get()).into(),
            set: SignalSetter::map(move |value| {
                field.try_set(value);
            }),
        }
    }
}
