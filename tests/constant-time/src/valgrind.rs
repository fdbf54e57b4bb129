//! Three of memcheck's client requests (valgrind.h, memcheck.h): instructions that valgrind knows and a processor runs as nothing.
#![allow(unsafe_code, reason = "the only way to say them")]

use core::arch::asm;

/// `VG_USERREQ__RUNNING_ON_VALGRIND`
const RUNNING_ON_VALGRIND: u64 = 0x1001;
/// `VG_USERREQ__COUNT_ERRORS`
const COUNT_ERRORS: u64 = 0x1201;
/// `VG_USERREQ__MAKE_MEM_UNDEFINED`: memcheck's requests begin at its initials.
const MAKE_MEM_UNDEFINED: u64 = 0x4D43_0001;
/// `VG_USERREQ__MAKE_MEM_DEFINED`
const MAKE_MEM_DEFINED: u64 = 0x4D43_0002;

/// Whether valgrind watches.
pub(crate) fn watches() -> bool {
    request([RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}

/// How often something undefined has decided where the program goes or reads so far.
pub(crate) fn reports() -> u64 {
    request([COUNT_ERRORS, 0, 0, 0, 0, 0])
}

/// Marks bytes as secret: undefined, and with them all that is computed from them.
pub(crate) fn hide(bytes: &mut [u8]) {
    request([MAKE_MEM_UNDEFINED, bytes.as_mut_ptr().expose_provenance() as u64, bytes.len() as u64, 0, 0, 0]);
}

/// The same of a text.
pub(crate) fn hide_text(text: &mut str) {
    request([MAKE_MEM_UNDEFINED, text.as_mut_ptr().expose_provenance() as u64, text.len() as u64, 0, 0, 0]);
}

/// Makes a value public.
pub(crate) fn reveal<T: Copy>(mut value: T) -> T {
    // In memory, where memcheck can reach it.
    let place = &raw mut value;
    request([MAKE_MEM_DEFINED, place.expose_provenance() as u64, size_of::<T>() as u64, 0, 0, 0]);
    value
}

/// What valgrind answers; 0 where it does not watch.
fn request(request: [u64; 6]) -> u64 {
    let mut answer = 0_u64;
    // SAFETY: valgrind.h's sequence for this processor. Four rotations by 128 bits in all leave rdi as it was, and an exchange of a
    // register with itself does nothing; under valgrind, rdx receives the answer, and the request reads its six numbers and
    // changes no memory that the program can see.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            inout("rdx") answer,
            in("rax") request.as_ptr(),
            inout("rdi") 0_u64 => _,
            options(nostack),
        );
    }
    answer
}
