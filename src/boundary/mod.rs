//! What crosses between JavaScript and the core, as bytes: one request in, one reply out.
//!
//! Both bindings share it. Nothing here knows JavaScript beyond the kinds of values that it has: the glue writes down what it was
//! given, and every judgement, that of wrong types included, is made on this side, so that there is one table of messages.
//!
//! A request is a sequence of [values](request::Value) in an order that each operation fixes, and after it all texts that are among
//! them, so that the glue can write these at once. All numbers are little-endian.

mod avatar;
mod calls;
mod channel;
mod exchange;
mod parts;
mod phone;
mod push;
mod request;
mod signature;

pub use exchange::Exchange;
pub use {
    exchange::{Frame, Operations, Reply},
    parts::write_to as write_parts,
    request::{Reader, Value, unexpected},
};

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::Exchange;
    use crate::workspace::Workspace;

    /// Values as the glue writes them, well-formed or not.
    fn request() -> impl Strategy<Value = Vec<u8>> {
        // What stands in the structure, and among the texts.
        type Parts = (Vec<u8>, Vec<u8>);
        let text = |text: &str| -> Parts {
            let len = u32::try_from(text.len()).unwrap_or(0).to_le_bytes();
            ([&[5][..], &len].concat(), text.as_bytes().to_vec())
        };
        let plain = |structure: Vec<u8>| -> Parts { (structure, Vec::new()) };
        let value = prop_oneof![
            (0..17_u8).prop_map(move |tag| plain([tag].to_vec())),
            Just(plain([8].to_vec())),
            any::<f64>().prop_map(move |number| plain([&[4][..], &number.to_le_bytes()].concat())),
            (0..20_u32).prop_map(move |count| plain([&[6][..], &count.to_le_bytes()].concat())),
            "[A-Za-z0-9+/=]{22,24}".prop_map(move |key| text(&key)),
            ".{0,40}".prop_map(move |any| text(&any)),
            Just(text(r#"{"watermark":{"appid":"wx","timestamp":5}}"#)),
            any::<Parts>(),
            any::<Vec<u8>>().prop_map(move |bytes| {
                let len = u32::try_from(bytes.len()).unwrap_or(0).to_le_bytes();
                plain([&[14][..], &len, &bytes].concat())
            }),
        ];
        let whole = proptest::collection::vec(value, 0..16).prop_map(|values| {
            let (structures, texts): (Vec<_>, Vec<_>) = values.into_iter().unzip();
            let len = u32::try_from(structures.concat().len()).unwrap_or(0).to_le_bytes();
            [&len[..], &structures.concat(), &texts.concat()].concat()
        });
        prop_oneof![9 => whole, 1 => any::<Vec<u8>>()]
    }

    /// WeChat's sample: what the glue writes for `decrypt`.
    fn sample() -> Vec<u8> {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/open-data.json")).unwrap();
        let vector = &vectors[0];
        let texts = ["encryptedData", "iv", "sessionKey", "appid"].map(|field| vector[field].as_str().unwrap());
        let [data, iv, key, appid] =
            texts.map(|text| [&[5][..], &u32::try_from(text.len()).unwrap().to_le_bytes()].concat());
        let now = [&[4][..], &1_477_314_187_f64.to_le_bytes()].concat();
        let structure = [&[8][..], &data, &iv, &[8], &key, &[0], &appid, &[0, 0], &now, &[0]].concat();
        [&u32::try_from(structure.len()).unwrap().to_le_bytes()[..], &structure, texts.concat().as_bytes()].concat()
    }

    #[test]
    fn what_was_opened_is_there_until_it_is_wiped() {
        let request = sample();
        let mut exchange = Exchange::<Workspace>::default();
        exchange.reserve(request.len());
        exchange.fill(&request);
        exchange.call(1, request.len());
        let (request_is_clean, operations_are_clean) = exchange.are_clean();
        assert!(!request_is_clean && !operations_are_clean && !exchange.is_clean());
        exchange.wipe(request.len());
        assert_eq!(exchange.are_clean(), (true, true));
        assert!(exchange.is_clean());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// No request whatever makes the core panic, and the exchange is usable afterwards and empty after wiping.
        #[test]
        fn any_request_is_answered(operation in 0..24_u32, request in request()) {
            let mut exchange = Exchange::<Workspace>::default();
            exchange.reserve(request.len());
            exchange.fill(&request);
            let _ = exchange.call(operation, request.len());
            exchange.wipe(request.len());
            prop_assert!(exchange.is_clean());
        }
    }
}
