package io.belfry.api.device;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.api.ApiExtension;
import io.belfry.api.ApiNode;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiExtension.class)
class DevicesTest {
    private final ApiNode api;

    DevicesTest(ApiNode api) {
        this.api = api;
    }

    private void register(String user, String device, String token) {
        api.call(
                        "PUT",
                        "/v1/devices/" + device,
                        api.token(user),
                        "{\"token\":\"" + token + "\",\"platform\":\"android\"}")
                .is(200);
    }

    private List<String> devicesOf(String user) {
        return api.bean(Devices.class).of(user).stream().map(Device::id).toList();
    }

    @Test
    void aTokenHasOneOwnerWhomARegistrationMovesItTo() {
        register("dev-ana", "phone", "shared");
        register("dev-ana", "tablet", "own");
        register("dev-ben", "phone", "shared");

        assertThat(devicesOf("dev-ana")).containsExactly("tablet");
        assertThat(devicesOf("dev-ben")).containsExactly("phone");

        register("dev-ben", "phone-after-restore", "shared");
        assertThat(devicesOf("dev-ben")).containsExactly("phone-after-restore");
    }

    @Test
    void whoeverLogsOutUnregistersTheirOwnDeviceAndNoOther() {
        register("dev-cid", "phone", "cid-1");
        register("dev-dan", "phone", "dan-1");

        api.call("DELETE", "/v1/devices/phone", api.token("dev-cid"), "").is(204);

        assertThat(devicesOf("dev-cid")).isEmpty();
        assertThat(devicesOf("dev-dan")).containsExactly("phone");
        api.call("DELETE", "/v1/devices/phone", api.token("dev-cid"), "").isProblem(404, "not-found");
    }
}
