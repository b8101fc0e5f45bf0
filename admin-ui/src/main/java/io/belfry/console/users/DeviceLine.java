package io.belfry.console.users;

import io.belfry.core.device.Device;
import io.belfry.core.receipt.Receipts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A device of a user: one that can be pushed to, one that only connects, or both.
///
/// @param id empty for all connections that name no device
/// @param token the ends of the push token, enough to compare
/// @param provedAt when it last proved to have something
/// @param behind how many changes of the inbox it has not proved to have
record DeviceLine(
        String id,
        Optional<String> platform,
        Optional<String> appVersion,
        Optional<String> token,
        Optional<Instant> registeredAt,
        Optional<Instant> provedAt,
        long behind) {
    private static final int SHOWN = 6;

    static List<DeviceLine> of(List<Device> devices, List<Receipts.DeviceReceipt> receipts, long head) {
        Map<String, Receipts.DeviceReceipt> byDevice = new HashMap<>();
        receipts.forEach(receipt -> byDevice.put(receipt.deviceId(), receipt));
        var lines = new ArrayList<DeviceLine>();
        for (Device device : devices) {
            Optional<Receipts.DeviceReceipt> receipt = Optional.ofNullable(byDevice.remove(device.id()));
            lines.add(new DeviceLine(
                    device.id(),
                    Optional.of(device.platform().label()),
                    device.appVersion(),
                    Optional.of(shorten(device.token())),
                    Optional.of(device.registeredAt()),
                    receipt.map(Receipts.DeviceReceipt::at),
                    receipt.map(r -> head - r.inboxOffset()).orElse(head)));
        }
        receipts.stream()
                .filter(receipt -> byDevice.containsKey(receipt.deviceId()))
                .map(receipt -> new DeviceLine(
                        receipt.deviceId(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(receipt.at()),
                        head - receipt.inboxOffset()))
                .forEach(lines::add);
        return lines;
    }

    /// A whole token would let whoever has the provider's credentials push to the phone.
    static String shorten(String token) {
        return token.length() <= 3 * SHOWN
                ? token.substring(0, Math.min(2, token.length())) + "…"
                : token.substring(0, SHOWN) + "…" + token.substring(token.length() - SHOWN);
    }

    public String name() {
        return id.isEmpty() ? "Connections that name no device" : id;
    }

    public String proof() {
        if (provedAt.isEmpty()) {
            return "nothing proved yet";
        }
        return behind <= 0 ? "has everything" : behind + (behind == 1 ? " change behind" : " changes behind");
    }
}
