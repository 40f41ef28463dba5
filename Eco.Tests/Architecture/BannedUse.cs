namespace Eco.Tests.Architecture;

/// <summary>What actor code must not use, and who uses it nevertheless.</summary>
internal static class BannedUse
{
    private static readonly string[] Members =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.TimeProvider.get_System",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64",
        "System.Random.get_Shared", "System.Random..ctor",
        "System.Guid.NewGuid", "System.Guid.CreateVersion7",
        "System.Threading.Tasks.Task.Run", "System.Threading.Tasks.Task.Delay",
        "System.Threading.Tasks.Task.Wait", "System.Threading.Tasks.Task.WaitAll", "System.Threading.Tasks.Task.WaitAny",
        "System.Threading.Tasks.Task.get_Factory",
    ];

    private static readonly string[] Types =
    [
        "System.Diagnostics.Stopwatch",
        "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Timers.Timer",
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Tasks.TaskFactory", "System.Threading.SpinWait",
        "System.Security.Cryptography.RandomNumberGenerator",
        "System.IO.File", "System.IO.FileStream", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo",
        "System.Net.Sockets.Socket", "System.Net.Http.HttpClient",
        "System.Diagnostics.Process",
    ];

    public static IEnumerable<string> In(AssemblyScan assembly) =>
        assembly.MembersUsed().Where(Members.Contains).Concat(assembly.TypesUsed().Where(Types.Contains)).Distinct().Order(StringComparer.Ordinal);
}
