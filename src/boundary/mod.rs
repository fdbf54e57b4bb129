//! What crosses between JavaScript and the core, as bytes: one request in, one reply out.
//!
//! JavaScript checks the types of what its caller gave and sends numbers and texts in an order that the [operation](protocol) fixes.
//! All that is to be said of their content is said here and below, so that there is one judgement for every host.

mod arguments;
mod avatar;
mod channel;
mod dispatch;
mod exchange;
mod names;
mod open_data;
mod opened;
mod parts;
mod phone;
pub mod protocol;
mod push;
mod signature;
mod watermark;

pub use arguments::{Request, Text};
pub use exchange::{Exchange, Frame, Operations, Reply};
pub use parts::write_to as write_parts;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use alloc::string::{String, ToString as _};
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::exchange::{Exchange, Operations as _};
    use super::protocol::{ABSENT, OVERSIZE, Operation};
    use crate::workspace::Workspace;

    /// A request as JavaScript writes it.
    fn request_of(numbers: &[f64], texts: &[&[u8]]) -> Vec<u8> {
        let len = |text: &&[u8]| u32::try_from(text.len()).unwrap();
        let lengths: Vec<u32> = texts.iter().map(len).collect();
        request_with(numbers, &lengths, &texts.concat())
    }

    fn request_with(numbers: &[f64], lengths: &[u32], texts: &[u8]) -> Vec<u8> {
        let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let lengths: Vec<u8> = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
        let head = u32::try_from(numbers.len() + lengths.len()).unwrap().to_le_bytes();
        [&head[..], &numbers, &lengths, texts].concat()
    }

    /// Requests, well-formed or not, with many numbers and texts that some operation asks for.
    fn request() -> impl Strategy<Value = Vec<u8>> {
        let number = prop_oneof![
            4 => (0..4_u32).prop_map(f64::from),
            2 => Just(f64::NAN),
            2 => Just(1_477_314_187.0),
            1 => any::<f64>(),
        ];
        let text = prop_oneof![
            "[A-Za-z0-9+/=]{22,24}",
            ".{0,40}",
            Just(r#"{"watermark":{"appid":"wx","timestamp":5}}"#.into()),
            Just("https://thirdwx.qlogo.cn/mmopen/vi_32/x/132".into()),
        ];
        let length = prop_oneof![8 => Just(None), 1 => Just(Some(ABSENT)), 1 => Just(Some(OVERSIZE)), 1 => any::<u32>().prop_map(Some)];
        let texts = proptest::collection::vec((text, length), 0..12);
        let whole = (proptest::collection::vec(number, 0..9), texts).prop_map(|(numbers, texts)| {
            let marked =
                |(text, length): &(String, Option<u32>)| length.unwrap_or_else(|| u32::try_from(text.len()).unwrap());
            let lengths: Vec<u32> = texts.iter().map(marked).collect();
            let texts: Vec<u8> = texts.iter().flat_map(|(text, _)| text.bytes()).collect();
            request_with(&numbers, &lengths, &texts)
        });
        prop_oneof![9 => whole, 1 => any::<Vec<u8>>()]
    }

    /// WeChat's sample, as JavaScript writes it for `decrypt`.
    fn sample() -> Vec<u8> {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/open-data.json")).unwrap();
        let vector = &vectors[0];
        let texts =
            ["encryptedData", "iv", "sessionKey", "appid"].map(|field| vector[field].as_str().unwrap().as_bytes());
        request_of(&[0.0, 1_477_314_187.0, f64::NAN, f64::NAN, 1.0, 1.0], &texts)
    }

    fn exchange_with(request: &[u8]) -> Exchange<Workspace> {
        let mut exchange = Exchange::default();
        exchange.reserve(request.len());
        exchange.fill(request);
        exchange
    }

    #[test]
    fn what_was_opened_is_there_until_it_is_wiped() {
        let request = sample();
        let mut exchange = exchange_with(&request);
        exchange.call(Operation::Decrypt as u32, request.len());
        let (request_is_clean, operations_are_clean) = exchange.are_clean();
        assert!(!request_is_clean && !operations_are_clean && !exchange.is_clean());
        exchange.wipe(request.len());
        assert_eq!(exchange.are_clean(), (true, true));
        assert!(exchange.is_clean());
    }

    #[test]
    fn every_operation_is_known_by_its_number_and_no_other_is() {
        for (name, number) in Operation::ALL {
            let operation = Operation::of(*number).unwrap();
            assert_eq!((alloc::format!("{operation:?}").as_str(), operation as u32), (*name, *number));
        }
        for number in [u32::try_from(Operation::ALL.len()).unwrap(), u32::MAX] {
            assert_eq!(Operation::of(number), None);
            let error = Workspace::default().dispatch(number, &[], &mut crate::secret::SecretBuffer::default());
            assert_eq!(error.unwrap_err().to_string(), "operation: expected a known operation");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// No request whatever makes the core panic, and the exchange is usable afterwards and empty after wiping.
        #[test]
        fn any_request_is_answered(operation in 0..26_u32, request in request()) {
            let mut exchange = exchange_with(&request);
            let _ = exchange.call(operation, request.len());
            exchange.wipe(request.len());
            prop_assert!(exchange.is_clean());
        }
    }
}
