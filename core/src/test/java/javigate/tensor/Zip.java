package javigate.tensor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A zip as PyTorch's writer lays it out, data at multiples of 64; entries may lie. */
final class Zip {

    private static final int ALIGNMENT = 64;

    /**
     * An entry as its headers state it.
     *
     * @param header where the directory says its local header is; -1 for where it is
     */
    private record Entry(String name, byte[] data, int method, int flags, long size, long header) {}

    private final List<Entry> entries = new ArrayList<>();
    private boolean wide;

    Zip add(String name, byte[] data) {
        return add(name, data, 0, 0, data.length, -1);
    }

    Zip add(String name, String text) {
        return add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    Zip add(String name, byte[] data, int method, int flags, long size, long header) {
        entries.add(new Entry(name, data, method, flags, size, header));
        return this;
    }

    Zip addDeflated(String name, byte[] data) {
        Deflater deflater = new Deflater(9, true);
        deflater.setInput(data);
        deflater.finish();
        byte[] packed = new byte[data.length + 64];
        byte[] cut = java.util.Arrays.copyOf(packed, deflater.deflate(packed));
        System.arraycopy(packed, 0, cut, 0, cut.length);
        deflater.end();
        return add(name, cut, 8, 0, data.length, -1);
    }

    /** All sizes and places in zip64's fields. */
    Zip zip64() {
        wide = true;
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        for (Entry entry : entries) {
            int at = out.size();
            byte[] name = entry.name().getBytes(StandardCharsets.UTF_8);
            CRC32 crc = new CRC32();
            crc.update(entry.data());
            int padding = Math.floorMod(-(at + 34 + name.length), ALIGNMENT);
            ByteBuffer local =
                    ByteBuffer.allocate(34 + name.length + padding).order(ByteOrder.LITTLE_ENDIAN);
            local.putInt(0x04034b50).putShort((short) 20).putShort((short) entry.flags());
            local.putShort((short) entry.method()).putInt(0).putInt((int) crc.getValue());
            local.putInt(entry.data().length).putInt((int) entry.size());
            local.putShort((short) name.length).putShort((short) (4 + padding)).put(name);
            local.putShort((short) 0x4246).putShort((short) padding);
            out.writeBytes(local.array());
            out.writeBytes(entry.data());
            long header = entry.header() < 0 ? at : entry.header();
            directory.writeBytes(listed(entry, name, crc.getValue(), header));
        }
        long at = out.size();
        out.writeBytes(directory.toByteArray());
        out.writeBytes(end(at, directory.size()));
        return out.toByteArray();
    }

    private byte[] listed(Entry entry, byte[] name, long crc, long header) {
        ByteBuffer listed =
                ByteBuffer.allocate(46 + name.length + (wide ? 28 : 0))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long packed = entry.method() == 0 ? entry.size() : entry.data().length;
        listed.putInt(0x02014b50).putShort((short) 20).putShort((short) 20);
        listed.putShort((short) entry.flags()).putShort((short) entry.method()).putInt(0);
        listed.putInt((int) crc).putInt(wide ? -1 : (int) packed);
        listed.putInt(wide ? -1 : (int) entry.size()).putShort((short) name.length);
        listed.putShort((short) (wide ? 28 : 0)).putShort((short) 0).putShort((short) 0);
        listed.putShort((short) 0).putInt(0).putInt(wide ? -1 : (int) header).put(name);
        if (wide) {
            listed.putShort((short) 1).putShort((short) 24);
            listed.putLong(entry.size()).putLong(packed).putLong(header);
        }
        return listed.array();
    }

    private byte[] end(long at, long bytes) {
        int count = entries.size();
        ByteBuffer end = ByteBuffer.allocate(22 + (wide ? 76 : 0)).order(ByteOrder.LITTLE_ENDIAN);
        if (wide) {
            end.putInt(0x06064b50).putLong(44).putShort((short) 45).putShort((short) 45);
            end.putInt(0).putInt(0).putLong(count).putLong(count).putLong(bytes).putLong(at);
            end.putInt(0x07064b50).putInt(0).putLong(at + bytes).putInt(1);
        }
        end.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
        end.putShort((short) (wide ? -1 : count)).putShort((short) (wide ? -1 : count));
        end.putInt(wide ? -1 : (int) bytes).putInt(wide ? -1 : (int) at);
        return end.array();
    }
}
