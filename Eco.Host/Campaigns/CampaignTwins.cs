using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;

namespace Eco.Host.Campaigns;

/// <summary>I11: the same seed gives the same run in another process. Whatever differs between processes (hash codes of strings, addresses) decides nothing.</summary>
internal static class CampaignTwins
{
    /// <summary>Runs some of the seeds in a second process.</summary>
    /// <returns>How many of them ran otherwise there.</returns>
    public static int Compare(ImmutableSortedDictionary<ulong, ulong> hashes, CampaignScenario scenario, int count, Action<string> note)
    {
        int step = Math.Max(1, hashes.Count / Math.Max(1, count));
        int different = 0;
        foreach ((ulong seed, ulong hash) in hashes.Where((_, index) => index % step == 0).Take(count))
        {
            string twin = RunTwin(seed, scenario);
            string expected = string.Create(CultureInfo.InvariantCulture, $"{seed} {hash:x16}");
            if (twin != expected)
            {
                different++;
                note($"I11 seed {seed} ran as '{expected}' here and as '{twin}' in a second process");
            }
        }

        return different;
    }

    private static string RunTwin(ulong seed, CampaignScenario scenario)
    {
        string range = string.Create(CultureInfo.InvariantCulture, $"{seed}..{seed}");

        // The same program and the same runtime, whoever has started this one: a test host has a program of its own.
        string program = typeof(CampaignTwins).Assembly.Location;
        string runtime = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        var start = new ProcessStartInfo(runtime) { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments = ["exec", program, "simulate", "--hashes", "--seeds", range, "--scenario", scenario.Name];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Trim();
    }
}
