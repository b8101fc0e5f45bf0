package io.belfry.console.account;

import io.nayuki.qrcodegen.QrCode;

/// A QR code as a picture that a page holds within itself.
///
/// @param side squares on each side, with the white border that readers need
/// @param path the dark squares, as an SVG path
record QrSquares(int side, String path) {
    private static final int BORDER = 4;

    static QrSquares of(String text) {
        QrCode code = QrCode.encodeText(text, QrCode.Ecc.MEDIUM);
        var path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M')
                            .append(x + BORDER)
                            .append(' ')
                            .append(y + BORDER)
                            .append("h1v1h-1z");
                }
            }
        }
        return new QrSquares(code.size + 2 * BORDER, path.toString());
    }
}
