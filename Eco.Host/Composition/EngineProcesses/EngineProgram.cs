using System.Diagnostics;
using System.Reflection;

namespace Eco.Host.Composition.EngineProcesses;

/// <summary>How this program starts itself again as an engine process: without a shell, and with an environment of its own.</summary>
internal static class EngineProgram
{
    /// <summary>The hidden verb.</summary>
    public const string Verb = "engine-process";

    private static readonly string[] Inherited = ["DOTNET_ROOT", "TMPDIR", "LANG"];

    /// <summary>The command line and environment of a new process.</summary>
    public static ProcessStartInfo StartOf(string socket, string runId, EngineProcessOptions options)
    {
        string assembly = Assembly.GetExecutingAssembly().Location;
        string beside = Path.ChangeExtension(assembly, null) + (OperatingSystem.IsWindows() ? ".exe" : "");
        string muxer = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        bool hasProgram = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == Path.GetFileNameWithoutExtension(assembly);
        var start = new ProcessStartInfo(hasProgram ? Environment.ProcessPath! : File.Exists(beside) ? beside : muxer)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (start.FileName == muxer)
        {
            start.ArgumentList.Add(assembly);
        }

        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(socket);
        start.ArgumentList.Add(((long)options.KeepFor.TotalMilliseconds).ToString(System.Globalization.CultureInfo.InvariantCulture));
        Dictionary<string, string?> inherited = Inherited
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
            .Where(entry => !string.IsNullOrEmpty(entry.Value))
            .ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);
        start.Environment.Clear();
        foreach ((string name, string? value) in inherited)
        {
            start.Environment[name] = value;
        }

        start.Environment[EngineProcessRecord.RunIdVariable] = runId;
        start.Environment["DOTNET_GCHeapHardLimit"] = options.MemoryBytes.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return start;
    }
}
