using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;

namespace Eco.Host.Fuzzing;

/// <summary>Changes valid inputs: bits, bytes, ranges, whole words, and structure by pieces of the language. The seed alone decides what comes out.</summary>
internal sealed class FuzzMutator
{
    private const int MostEdits = 6;
    private const int LongestInput = 64 * 1024;

    private static readonly byte[] Telling = [0, 1, 7, (byte)'\n', (byte)'\r', (byte)' ', (byte)'"', (byte)'\\', (byte)'{', (byte)'}', (byte)'[', (byte)']', (byte)',', (byte)':', 0x7F, 0x80, 0xBF, 0xC0, 0xE2, 0xED, 0xF4, 0xFF];

    // What parsers of numbers, texts and structures trip over, whatever the language.
    private static readonly ImmutableArray<string> Common =
    [
        "0", "-0", "-1", "1e999", "1e-999", "NaN", "9223372036854775808", "-9223372036854775809", "4294967296", "0.1e+1", "00", "null", "true",
        "{}", "[]", "{", "}", "[", "]", "\"", "\"\"", "\\u0000", "\\ud800", "\\", "\ufeff", "\u2028", "\0", "\n", "\r\n", " ", "\t", ",", ":", ".", "..", "%s", "ä", "\U0001F600",
    ];

    private readonly ImmutableArray<byte[]> _corpus;
    private readonly byte[][] _tokens;
    private readonly FuzzRandom _random = new(0);
    private readonly List<byte> _input = [];
    private readonly List<byte> _range = [];

    /// <param name="corpus">Valid inputs.</param>
    /// <param name="tokens">Pieces of the language.</param>
    public FuzzMutator(ImmutableArray<byte[]> corpus, ImmutableArray<string> tokens)
    {
        _corpus = corpus;
        _tokens = [.. tokens.AddRange(Common).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>The input of a seed.</summary>
    public byte[] Make(ulong seed)
    {
        // Neighbouring seeds must not give neighbouring numbers.
        _random.Reseed(seed * 0xD1342543DE82EF95);
        _input.Clear();
        _input.AddRange(_corpus[_random.Below(_corpus.Length)]);
        for (int edits = 1 + _random.Below(1 + _random.Below(MostEdits)); edits > 0; edits--)
        {
            Edit();
        }

        if (_input.Count > LongestInput)
        {
            _input.RemoveRange(LongestInput, _input.Count - LongestInput);
        }

        return [.. _input];
    }

    private void Edit()
    {
        int at = _random.Below(_input.Count + 1);
        switch (_random.Below(12))
        {
            case 0 when at < _input.Count:
                _input[at] ^= (byte)(1 << _random.Below(8));
                break;
            case 1 when at < _input.Count:
                _input[at] = Telling[_random.Below(Telling.Length)];
                break;
            case 2 when at < _input.Count:
                _input[at] = (byte)_random.Below(256);
                break;
            case 3:
                _input.RemoveRange(at, Math.Min(_input.Count - at, 1 + _random.Below(24)));
                break;
            case 4:
                Insert(at, _random.Below(_input.Count + 1), 1 + _random.Below(80), from: _input);
                break;
            case 5:
                Insert(at, 0, int.MaxValue, from: Token());
                break;
            case 6 or 7:
                ReplaceWord(at);
                break;
            case 8:
                byte[] other = _corpus[_random.Below(_corpus.Length)];
                Insert(at, _random.Below(other.Length + 1), 1 + _random.Below(200), from: other);
                break;
            case 9 when _random.Below(16) == 0:
                Repeat(at);
                break;
            case 10 when _random.Below(8) == 0:
                _input.RemoveRange(at, _input.Count - at);
                break;
            default:
                MoveLine(at);
                break;
        }
    }

    private byte[] Token() => _tokens[_random.Below(_tokens.Length)];

    private void Insert(int at, int start, int length, IReadOnlyList<byte> from)
    {
        _range.Clear();
        for (int i = start; i < from.Count && i - start < length; i++)
        {
            _range.Add(from[i]);
        }

        _input.InsertRange(at, CollectionsMarshal.AsSpan(_range));
    }

    /// <summary>Puts a piece of the language in the place of a whole word, number or text.</summary>
    private void ReplaceWord(int at)
    {
        int start = at;
        while (start > 0 && IsWord(_input[start - 1]))
        {
            start--;
        }

        int end = at;
        while (end < _input.Count && IsWord(_input[end]))
        {
            end++;
        }

        _input.RemoveRange(start, end - start);
        Insert(start, 0, int.MaxValue, from: Token());
    }

    /// <summary>Deep nesting and long runs.</summary>
    private void Repeat(int at)
    {
        byte[] token = Token();
        for (int times = 1 << (4 + _random.Below(9)); times > 0 && _input.Count < LongestInput; times--)
        {
            _input.InsertRange(at, token);
        }
    }

    private void MoveLine(int at)
    {
        var text = CollectionsMarshal.AsSpan(_input);
        int start = text[..at].LastIndexOf((byte)'\n') + 1;
        int length = text[start..].IndexOf((byte)'\n');
        byte[] line = text.Slice(start, length < 0 ? text.Length - start : length + 1).ToArray();
        if (_random.Below(2) == 0)
        {
            _input.RemoveRange(start, line.Length);
        }

        _input.InsertRange(_random.Below(_input.Count + 1), line);
    }

    private static bool IsWord(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'-' or (byte)'_' or (byte)'.' or (byte)'+' || c >= 0x80;
}
