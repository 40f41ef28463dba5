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
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            // Fields begin with a capital, mappings with their address in lower-case hexadecimal.
            if (!char.IsAsciiLetterUpper(line[0]))
            {
                open = ParseCode(line);
            }
            else if (open is { } mapping && line.StartsWith("Anonymous:", StringComparison.Ordinal))
            {
                if (line.EndsWith(" 0 kB", StringComparison.Ordinal))
                {
                    clean.Add(mapping);
                }

                open = null;
            }
        }

        return clean;
    }

    // 7f00-7f10 r-xp 00000000 08:01 1234   /usr/lib/x.so
    private static Mapping? ParseCode(string line)
    {
        string[] fields = line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 6 || fields[1] is not ("r--p" or "r-xp") || !fields[5].TrimStart().StartsWith('/') || fields[4] == "0")
        {
            return null;
        }

        int dash = fields[0].IndexOf('-', StringComparison.Ordinal);
        long start = long.Parse(fields[0].AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        long end = long.Parse(fields[0].AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return new Mapping((nint)start, end - start, fields[5].Trim());
    }

    [LoggerMessage(6201, LogLevel.Debug, "Nothing to do: collected garbage, and gave back {KiB} KiB of mapped code")]
    private partial void GaveBack(long kiB);

    [DllImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Advise(nint start, nuint length, int advice);

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int TrimHeap(nuint keep);

    /// <summary>A mapped part of a file.</summary>
    private readonly record struct Mapping(nint Start, long Length, string File);
}
