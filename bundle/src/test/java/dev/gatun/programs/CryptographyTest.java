package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Memory;
import dev.gatun.Module;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cryptography in C, compiled without optimization, for scalars, for vectors, and with all that clang has: the answers
 * that the standards give, and those of Java's own on random data.
 */
class CryptographyTest {
  private static final Engine ENGINE = Engine.create();
  private static final HexFormat HEX = HexFormat.of();

  /** Where the message lies in the buffer; the other operands lie before it, 256 bytes apart. */
  private static final int MESSAGE = 4096;

  /** The longest message, in bytes. */
  private static final int LONGEST = 100_000;

  /** The program, with its buffer of a MiB. */
  private static final class Program implements AutoCloseable {
    private final Module module;
    private final Instance instance;
    private final Memory memory;
    private final int start;
    private int operands;

    Program(String build) throws IOException {
      module = ENGINE.compile(Programs.c("cryptography-" + build));
      instance = module.instantiate(Imports.builder().provider(Wasi.builder().build().imports()).build());
      instance.function("_initialize").call();
      instance.function("prepare").call();
      memory = instance.memory("memory");
      start = (int) instance.function("memory_start").call();
    }

    /** The address of an operand that is put into memory. */
    int put(byte[] operand) {
      int address = start + 256 * operands++;
      memory.write(address, operand);
      return address;
    }

    int putMessage(byte[] message) {
      memory.write(start + MESSAGE, message);
      return start + MESSAGE;
    }

    byte[] get(int address, int length) {
      return memory.read(address, length);
    }

    Object call(String name, Object... arguments) {
      operands = 0;
      return instance.function(name).call(arguments);
    }

    byte[] digest(String name, int length, byte[] message) {
      int out = put(new byte[length]);
      call(name, putMessage(message), message.length, out);
      return get(out, length);
    }

    byte[] aes(byte[] key, byte[] block) {
      int out = put(new byte[16]);
      call("aes", put(key), key.length / 4, put(block), out);
      return get(out, 16);
    }

    byte[] aesCounter(byte[] key, byte[] start, byte[] data) {
      int at = putMessage(data);
      call("aes_counter", put(key), key.length / 4, put(start), at, data.length);
      return get(at, data.length);
    }

    /** Ciphertext and tag. */
    byte[] seal(byte[] key, byte[] nonce, byte[] more, byte[] data) {
      int at = putMessage(data);
      int tag = put(new byte[16]);
      call("seal", put(key), put(nonce), put(more), more.length, at, data.length, tag);
      byte[] sealed = Arrays.copyOf(get(at, data.length), data.length + 16);
      System.arraycopy(get(tag, 16), 0, sealed, data.length, 16);
      return sealed;
    }

    /** The plaintext, or nothing if the tag is wrong. */
    byte[] unseal(byte[] key, byte[] nonce, byte[] more, byte[] sealed) {
      int length = sealed.length - 16;
      int at = putMessage(Arrays.copyOf(sealed, length));
      int tag = put(Arrays.copyOfRange(sealed, length, sealed.length));
      Object right = call("unseal", put(key), put(nonce), put(more), more.length, at, length, tag);
      return (int) right == 1 ? get(at, length) : new byte[0];
    }

    byte[] publicKey(byte[] seed) {
      int out = put(new byte[32]);
      call("ed25519_public", put(seed), out);
      return get(out, 32);
    }

    byte[] sign(byte[] seed, byte[] publicKey, byte[] message) {
      int out = put(new byte[64]);
      call("ed25519_sign", put(seed), put(publicKey), putMessage(message), message.length, out);
      return get(out, 64);
    }

    boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
      return (int) call("ed25519_verify", put(publicKey), putMessage(message), message.length, put(signature)) == 1;
    }

    @Override
    public void close() {
      instance.close();
      module.close();
    }
  }

  private static byte[] hex(String text) {
    return HEX.parseHex(text);
  }

  private static void assertHex(String expected, byte[] actual) {
    assertEquals(expected, HEX.formatHex(actual));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Lengths around each multiple of a block, and long ones. */
  private static int[] lengths(Random random) {
    int[] lengths = new int[310];
    for (int i = 0; i < 300; i++) {
      lengths[i] = i;
    }
    for (int i = 300; i < lengths.length; i++) {
      lengths[i] = random.nextInt(LONGEST);
    }
    return lengths;
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scalar", "vectors", "all"})
  void digests(String build) throws IOException, GeneralSecurityException {
    try (Program program = new Program(build)) {
      assertHex(
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
          program.digest("sha256", 32, ascii("abc")));
      assertHex(
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
              + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
          program.digest("sha512", 64, ascii("abc")));
      Random random = new Random(256);
      for (int length : lengths(random)) {
        byte[] message = random(random, length);
        assertArrayEquals(
            MessageDigest.getInstance("SHA-256").digest(message), program.digest("sha256", 32, message));
        assertArrayEquals(
            MessageDigest.getInstance("SHA-512").digest(message), program.digest("sha512", 64, message));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scalar", "vectors", "all"})
  void aes(String build) throws IOException, GeneralSecurityException {
    try (Program program = new Program(build)) {
      byte[] block = hex("00112233445566778899aabbccddeeff");
      String key = "000102030405060708090a0b0c0d0e0f1011121314151617" + "18191a1b1c1d1e1f";
      assertHex("69c4e0d86a7b0430d8cdb78070b4c55a", program.aes(hex(key.substring(0, 32)), block));
      assertHex("dda97ca4864cdfe06eaf70a0ec0d7191", program.aes(hex(key.substring(0, 48)), block));
      assertHex("8ea2b7ca516745bfeafc49904b496089", program.aes(hex(key), block));
      Random random = new Random(128);
      for (int length : lengths(random)) {
        byte[] secret = random(random, 16 + 8 * random.nextInt(3));
        byte[] start = random(random, 16);
        byte[] message = random(random, length);
        Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new IvParameterSpec(start));
        assertArrayEquals(cipher.doFinal(message), program.aesCounter(secret, start, message));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scalar", "vectors", "all"})
  void chaCha20Poly1305(String build) throws IOException, GeneralSecurityException {
    try (Program program = new Program(build)) {
      byte[] sealed =
          program.seal(
              hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
              hex("070000004041424344454647"),
              hex("50515253c0c1c2c3c4c5c6c7"),
              ascii(
                  "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
                      + "sunscreen would be it."));
      assertHex("d31a8d34648e60db7b86afbc53ef7ec2", Arrays.copyOf(sealed, 16));
      assertHex("1ae10b594f09e26a7e902ecbd0600691", Arrays.copyOfRange(sealed, sealed.length - 16, sealed.length));
      Random random = new Random(20);
      for (int length : lengths(random)) {
        byte[] key = random(random, 32);
        byte[] nonce = random(random, 12);
        byte[] more = random(random, random.nextInt(50));
        byte[] message = random(random, length);
        Cipher cipher = Cipher.getInstance("ChaCha20-Poly1305");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "ChaCha20"), new IvParameterSpec(nonce));
        cipher.updateAAD(more);
        byte[] expected = cipher.doFinal(message);
        assertArrayEquals(expected, program.seal(key, nonce, more, message));
        assertArrayEquals(message, program.unseal(key, nonce, more, expected));
        if (length > 0) {
          expected[random.nextInt(expected.length)] ^= 1;
          assertEquals(0, program.unseal(key, nonce, more, expected).length);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "scalar", "vectors", "all"})
  void ed25519(String build) throws IOException, GeneralSecurityException {
    try (Program program = new Program(build)) {
      byte[] seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
      byte[] publicKey = program.publicKey(seed);
      assertHex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", publicKey);
      assertHex(
          "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
              + "d25bf5f0595bbe24655141438e7a100b",
          program.sign(seed, publicKey, new byte[0]));
      Random random = new Random(25_519);
      for (int length : new int[] {0, 1, 31, 32, 33, 111, 128, 1000, LONGEST}) {
        seed = random(random, 32);
        byte[] message = random(random, length);
        EdECPrivateKeySpec key = new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed);
        Signature signer = Signature.getInstance("Ed25519");
        signer.initSign(KeyFactory.getInstance("Ed25519").generatePrivate(key));
        signer.update(message);
        byte[] expected = signer.sign();
        publicKey = program.publicKey(seed);
        assertArrayEquals(expected, program.sign(seed, publicKey, message));
        assertEquals(true, program.verify(publicKey, message, expected));
        expected[random.nextInt(expected.length)] ^= (byte) (1 << random.nextInt(8));
        assertEquals(false, program.verify(publicKey, message, expected));
      }
    }
  }
}
