using System.Globalization;

namespace Eco.Host.Benchmarks.Cluster;

/// <summary>The resident memory of a process, as <c>/proc/PID/status</c> tells it.</summary>
/// <param name="Bytes">All of it (<c>VmRSS</c>): what is its own, and pages of the files of its program, which other processes may use too.</param>
/// <param name="OwnBytes">What is its own: heaps, stacks, tables and generated code (<c>RssAnon</c> and <c>RssShmem</c>).</param>
internal sealed record ResidentMemory(long Bytes, long OwnBytes)
{
    /// <summary>That of a process now.</summary>
    public static ResidentMemory Of(int pid) => Parse(File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/status"));

    /// <summary>Reads the text of <c>/proc/PID/status</c>.</summary>
    public static ResidentMemory Parse(string status)
    {
        return new ResidentMemory(BytesOf("VmRSS:"), BytesOf("RssAnon:") + BytesOf("RssShmem:"));

        long BytesOf(string field)
        {
            string line = status.Split('\n').First(text => text.StartsWith(field, StringComparison.Ordinal));
            return 1024 * long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
    }
}
