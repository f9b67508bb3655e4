// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title What explorers and libraries see of the registry.
/// @dev An anchor is exactly 32 bytes of calldata, and no call described here is: every one is four bytes plus whole
///      words. The two can therefore never be taken for one another, whatever the first bytes of a root are.
interface IAnchorRegistry {
    /// A root was written down for the first time by this submitter.
    event Anchored(address indexed submitter, bytes32 indexed root, uint64 timestamp, uint64 blockNumber);

    /// When `submitter` first anchored `root`: zeros if it never did.
    function anchorOf(address submitter, bytes32 root) external view returns (uint64 timestamp, uint64 blockNumber);

    /// Name of this interface, padded with zeros.
    function version() external pure returns (bytes32);
}

/// @title AnchorRegistry, a witness that belongs to nobody.
/// @notice Send a transaction whose data is a 32-byte root, and the registry remembers when you first did.
/// @dev No owner, no list of allowed senders, no upgrade, no ether: there is nothing to steal and nobody to ask. Who
///      is to be believed is decided elsewhere, by the issuer that names its submitters. An anchor is filed under the
///      sender as well as the root, so that a stranger who sends our root before us changes nothing for us, and a
///      repeat keeps the first instant and succeeds: resending is always safe.
///
///      The only entry is the fallback, and the length of the data decides. With an ordinary function table a root
///      that happens to begin with a selector would be routed to that function and silently not be anchored.
///      Written in assembly because the fee is paid for every batch, for ever: 273 bytes, about 45,800 gas.
contract AnchorRegistry {
    event Anchored(address indexed submitter, bytes32 indexed root, uint64 timestamp, uint64 blockNumber);

    // Slot of an anchor: keccak256(submitter as a word, root). Value: timestamp << 64 | block number, never cleared.
    fallback() external {
        assembly ("memory-safe") {
            switch calldatasize()
            // A root: anchor it for the sender.
            case 32 {
                let root := calldataload(0)
                mstore(0, caller())
                mstore(32, root)
                let slot := keccak256(0, 64)
                if iszero(sload(slot)) {
                    sstore(slot, or(shl(64, timestamp()), number()))
                    mstore(0, timestamp())
                    mstore(32, number())
                    // keccak256("Anchored(address,bytes32,uint64,uint64)")
                    log3(0, 64, 0xef142d390c5328deae6fcdec8e8eed362b224af35bb6d9aeb988f6233b12a6e9, caller(), root)
                }
                stop()
            }
            // anchorOf(address,bytes32); an address with bits above the 160th is refused, as Solidity itself would.
            case 68 {
                if iszero(eq(shr(224, calldataload(0)), 0xecbe7ca5)) { revert(0, 0) }
                if shr(160, calldataload(4)) { revert(0, 0) }
                mstore(0, calldataload(4))
                mstore(32, calldataload(36))
                let anchored := sload(keccak256(0, 64))
                mstore(0, shr(64, anchored))
                mstore(32, and(anchored, 0xffffffffffffffff))
                return(0, 64)
            }
            // version()
            case 4 {
                if iszero(eq(shr(224, calldataload(0)), 0x54fd4d50)) { revert(0, 0) }
                mstore(0, "acquis-anchor/1")
                return(0, 32)
            }
            default { revert(0, 0) }
        }
    }
}
