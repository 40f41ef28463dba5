using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Eco.Host.Composition.Hosting;

/// <summary>
/// Gives memory back in each minute in which the process has next to nothing to do: garbage, free memory of the C library, and pages of code files that it
/// only needed to start. What it needs again is read again, from the file or the system's cache.
/// </summary>
internal sealed partial class IdleMemory : IDisposable
{
    /// <summary>Below this share of one processor a minute counts as idle.</summary>
    private const double IdleShare = 0.03;
    private const int DontNeed = 4;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly HashSet<Mapping> _known = [];
    private TimeSpan _busy;
    private long _looked;

    /// <summary>Starts to look each minute. Elsewhere than on Linux it only collects garbage.</summary>
    public IdleMemory(TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _busy = Environment.CpuUsage.TotalTime;
        _looked = time.GetTimestamp();
        _timer = time.CreateTimer(_ => Look(), null, LookEvery, LookEvery);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        TimeSpan busy = Environment.CpuUsage.TotalTime;
        double share = (busy - _busy) / _time.GetElapsedTime(_looked);
        _busy = busy;
        _looked = _time.GetTimestamp();
        if (share >= IdleShare)
        {
            _known.Clear();
            return;
        }

        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        long given = OperatingSystem.IsLinux() ? GiveBack() : 0;
        GaveBack(given >> 10);

        // What was done here is no work of the process.
        _busy = Environment.CpuUsage.TotalTime;
        _looked = _time.GetTimestamp();
    }

    private long GiveBack()
    {
        TrimNative();
        long bytes = 0;
        List<Mapping> clean = CleanCode();
        foreach (Mapping mapping in clean)
        {
            // One that was there a minute ago and is still as its file says: nobody is about to write to it, so nothing can be lost.
            if (_known.Contains(mapping) && Advise(mapping.Start, (nuint)mapping.Length, DontNeed) == 0)
            {
                bytes += mapping.Length;
            }
        }

        _known.Clear();
        _known.UnionWith(clean);
        return bytes;
    }

    private static void TrimNative()
    {
        try
        {
            _ = TrimHeap(0);
        }
        catch (EntryPointNotFoundException e)
        {
            // Only glibc has it.
            GC.KeepAlive(e);
        }
    }

    /// <summary>The mappings of files that cannot be written to and of which no page was ever changed.</summary>
    private static List<Mapping> CleanCode()
    {
        var clean = new List<Mapping>();
        Mapping? open = null;

        // Without a string for each of its thousands of lines: reading must not make the garbage that was just collected.
        using FileStream file = new("/proc/self/smaps", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        Span<byte> buffer = stackalloc byte[8192];
        int held = 0;
        for (int read = file.Read(buffer); read > 0; read = file.Read(buffer[held..]))
        {
            held += read;
            ReadOnlySpan<byte> rest = buffer[..held];
            for (int end = rest.IndexOf((byte)'\n'); end >= 0; end = rest.IndexOf((byte)'\n'))
            {
                ReadOnlySpan<byte> line = rest[..end];
                rest = rest[(end + 1)..];

                // Fields begin with a capital, mappings with their address in lower-case hexadecimal.
                if (!char.IsAsciiLetterUpper((char)line[0]))
                {
                    open = ParseCode(line);
                }
                else if (open is { } mapping && line.StartsWith("Anonymous:"u8))
                {
                    if (line.EndsWith(" 0 kB"u8))
                    {
                        clean.Add(mapping);
                    }

                    open = null;
                }
            }

            rest.CopyTo(buffer);
            held = rest.Length;
        }

        return clean;
    }

    // 7f00-7f10 r-xp 00000000 08:01 1234   /usr/lib/x.so
    private static Mapping? ParseCode(ReadOnlySpan<byte> line)
    {
        Span<Range> fields = stackalloc Range[6];
        int count = 0;
        foreach (Range part in line.Split((byte)' '))
        {
            if (part.Start.Value == part.End.Value)
            {
                continue;
            }

            fields[count++] = part;
            if (count == fields.Length)
            {
                break;
            }
        }

        if (count < fields.Length
            || !(line[fields[1]].SequenceEqual("r--p"u8) || line[fields[1]].SequenceEqual("r-xp"u8))
            || line[fields[5]][0] != (byte)'/'
            || !long.TryParse(line[fields[4]], NumberStyles.None, CultureInfo.InvariantCulture, out long inode)
            || inode == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> range = line[fields[0]];
        int dash = range.IndexOf((byte)'-');
        long start = long.Parse(range[..dash], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        long end = long.Parse(range[(dash + 1)..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new Mapping((nint)start, end - start, inode);
    }

    [LoggerMessage(6201, LogLevel.Debug, "Nothing to do: collected garbage, and gave back {KiB} KiB of mapped code")]
    private partial void GaveBack(long kiB);

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint start, nuint length, int advice);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimHeap(nuint keep);

    /// <summary>A mapped part of a file, which its inode names.</summary>
    private readonly record struct Mapping(nint Start, long Length, long File);
}
