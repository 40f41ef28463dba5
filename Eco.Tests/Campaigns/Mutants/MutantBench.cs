using System.Diagnostics;
using System.Globalization;
using NUnit.Framework;

namespace Eco.Tests.Campaigns.Mutants;

/// <summary>A copy of the tree in which bugs are planted, one after the other, and built.</summary>
internal sealed class MutantBench : IDisposable
{
    private const int Seeds = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);
    private static readonly string[] Projects = ["Eco.Runtime", "Eco.Engines", "Eco.Schedulers", "Eco.Actors", "Eco.Host"];
    private readonly string _root = Directory.CreateTempSubdirectory("eco-mutants-").FullName;

    public MutantBench()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.Root, "Directory.*.props").Append(Path.Combine(Repository.Root, "global.json")))
        {
            File.Copy(file, Path.Combine(_root, Path.GetFileName(file)));
        }

        foreach (string folder in Projects.Append("hocon"))
        {
            Copy(Path.Combine(Repository.Root, folder), Path.Combine(_root, folder));
        }

        Build("--property:Restore=true");
    }

    /// <summary>Plants a bug, runs a campaign until it is found or the seeds are used up, and takes it out again.</summary>
    /// <returns>How the campaign ended: which promise was broken; null where none was.</returns>
    public string? Find(Mutant mutant)
    {
        string path = Path.Combine(_root, mutant.File);
        string right = File.ReadAllText(path);
        File.WriteAllText(path, right.Replace(mutant.Right, mutant.Wrong, StringComparison.Ordinal));
        try
        {
            Build("--no-restore");
            return Simulate(mutant);
        }
        finally
        {
            File.WriteAllText(path, right);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string relative = Path.GetRelativePath(from, file);
            string first = relative.Split(Path.DirectorySeparatorChar)[0];
            if (first is "bin" or "obj")
            {
                continue;
            }

            string target = Path.Combine(to, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private void Build(string restore) => Run(
        ["build", Path.Combine(_root, "Eco.Host"), "-c", "Release", "-v", "q", "-nologo", restore, "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false"],
        expected: 0);

    private string? Simulate(Mutant mutant)
    {
        string[] common = ["exec", Path.Combine(_root, "Eco.Host", "bin", "Release", "net10.0", "Eco.Host.dll"), "simulate", "--scenario", mutant.Scenario];
        string[] rest = mutant.NeedsTwin
            ? ["--seeds", "1..3", "--verify", "3"]
            : ["--seeds", string.Create(CultureInfo.InvariantCulture, $"1..{Seeds}"), "--first"];
        string output = Run([.. common, .. rest], expected: null);
        return output.Split('\n').FirstOrDefault(line =>
            line.StartsWith("seed ", StringComparison.Ordinal) || line.StartsWith("I11 ", StringComparison.Ordinal));
    }

    private string Run(string[] arguments, int? expected)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = _root, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.That(process.WaitForExit(Patience), $"dotnet {arguments[0]} did not end");
        string all = output + error.GetAwaiter().GetResult();
        if (expected is { } code)
        {
            Assert.That(process.ExitCode, Is.EqualTo(code), all);
        }

        return all;
    }
}
