using System.Text;
using Eco.Runtime.Cluster;
using Eco.Runtime.Persistence;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace Eco.Tests.Cluster;

public sealed class FrameCodecTests
{
    private static readonly Frame Sample = new(
        FrameKind.Message, "ion/a/b", "proxy/edge-1", 7, 3, new HybridTimestamp(1_000, 2, "server"), "command.run/1", "{\"x\":[1,2]}"u8.ToArray(), 5);

    [Test]
    public void Decode_WhenAFrameWasEncoded_GivesItBack()
    {
        var text = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => s.Get).Where(IsText);
        var number = ArbMap.Default.GeneratorFor<long>();
        var frames =
            from kind in Gen.Elements(Enum.GetValues<FrameKind>())
            from names in text.Zip(text)
            from numbers in number.Zip(number)
            from stamp in Gen.Choose(0, int.MaxValue).Zip(Gen.Choose(0, 1_000))
            from manifest in text
            from payload in text.Select(s => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(s))
            from acknowledged in Gen.Choose(0, 3)
            let carries = kind is FrameKind.Message or FrameKind.Volatile or FrameKind.Ask or FrameKind.Answer
            select new Frame(
                kind, names.Item1, names.Item2, numbers.Item1, numbers.Item2,
                new HybridTimestamp(stamp.Item1, stamp.Item2, names.Item1),
                carries ? manifest : null, carries ? payload : [], acknowledged);

        Prop.ForAll(frames.ToArbitrary(), frame =>
        {
            Frame back = FrameCodec.Decode(FrameCodec.Encode(frame));
            return back with { Payload = frame.Payload } == frame && back.Payload.AsSpan().SequenceEqual(frame.Payload);
        }).Check(Properties.Quiet.WithMaxTest(300));
    }

    [Test]
    public void Encode_WhenGivenAFrame_WritesTheDocumentedForm()
    {
        string text = Encoding.UTF8.GetString(FrameCodec.Encode(Sample));

        Assert.That(text, Is.EqualTo(
            """{"k":"m","f":"ion/a/b","t":"proxy/edge-1","s":7,"e":3,"h":"1000.2@server","a":5,"m":"command.run/1","p":{"x":[1,2]}}"""));
    }

    [Test]
    public void Decode_WhenThereAreUnknownKeys_IgnoresThem()
    {
        byte[] bytes = """{"z":{"new":[1]},"k":"a","f":"x","t":"y","s":4,"e":1,"h":"1.0@a","p":1,"m":"ignored"}"""u8.ToArray();

        Frame frame = FrameCodec.Decode(bytes);

        Assert.That(frame, Is.EqualTo(
            new Frame(FrameKind.Acknowledgement, "x", "y", 4, 1, new HybridTimestamp(1, 0, "a"), null, frame.Payload)));
        Assert.That(frame.Payload, Is.Empty);
    }

    [Test]
    public void Frame_WhenItIsTooLarge_IsRefusedByBothEnds()
    {
        Frame large = Sample with { Payload = [(byte)'"', .. new string('x', FrameCodec.MaximumBytes).Select(c => (byte)c), (byte)'"'] };

        Assert.That(() => FrameCodec.Encode(large), Throws.TypeOf<MessageFormatException>().With.Message.Contains("command.run/1"));
        Assert.That(
            () => FrameCodec.Decode(new byte[FrameCodec.MaximumBytes + 1]),
            Throws.TypeOf<MessageFormatException>().With.Message.Contains("1048577 bytes"));
    }

    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{}")]
    [TestCase("{\"k\":\"x\"}")]
    [TestCase("{\"k\":1}")]
    [TestCase("{\"k\":\"a\",\"f\":null,\"t\":\"y\",\"s\":4,\"e\":1,\"h\":\"1.0@a\"}")]
    [TestCase("{\"k\":\"a\",\"f\":\"\\ud800\",\"t\":\"y\",\"s\":4,\"e\":1,\"h\":\"1.0@a\"}")]
    [TestCase("{\"k\":\"a\",\"f\":\"x\",\"t\":\"y\",\"s\":4.5,\"e\":1,\"h\":\"1.0@a\"}")]
    [TestCase("{\"k\":\"a\",\"f\":\"x\",\"t\":\"y\",\"s\":99999999999999999999,\"e\":1,\"h\":\"1.0@a\"}")]
    [TestCase("{\"k\":\"a\",\"f\":\"x\",\"t\":\"y\",\"s\":4,\"e\":1,\"h\":\"yesterday\"}")]
    [TestCase("{\"k\":\"m\",\"f\":\"x\",\"t\":\"y\",\"s\":4,\"e\":1,\"h\":\"1.0@a\",\"m\":\"a/1\"}")]
    public void Decode_WhenTheBytesAreNoFrame_SaysSo(string text) =>
        Assert.That(() => FrameCodec.Decode(Encoding.UTF8.GetBytes(text)), Throws.TypeOf<MessageFormatException>());

    [TestCase(1)]
    [TestCase(2)]
    public void Decode_WhenBytesAreMutated_GivesAFrameOrAFormatException(int seed)
    {
        var random = new System.Random(seed);
        byte[] whole = FrameCodec.Encode(Sample);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = whole[..random.Next(whole.Length + 1)];
            if (random.Next(2) == 0)
            {
                bytes = [.. whole];
            }

            for (int change = random.Next(4); change > 0 && bytes.Length > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            try
            {
                FrameCodec.Decode(bytes);
            }
            catch (MessageFormatException e)
            {
                Assert.That(e.Message, Does.Contain("frame"));
            }
        }
    }

    private static bool IsText(string text)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetByteCount(text);
            return !text.Contains('\0', StringComparison.Ordinal);
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
