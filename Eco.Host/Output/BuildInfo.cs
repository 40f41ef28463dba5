using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Eco.Host.Output;

/// <summary>Which build this is, and on what it runs.</summary>
public static class BuildInfo
{
    private static readonly string Informational =
        typeof(BuildInfo).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>The version, without the commit.</summary>
    public static string Version => Informational.Split('+')[0];

    /// <summary>The commit that was built; empty where it was not built from a repository.</summary>
    public static string Commit => Informational.Split('+') is [_, string commit, ..] ? commit : "";

    /// <summary>The runtime.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;

    /// <summary>The operating system and its architecture.</summary>
    public static string OperatingSystem =>
        $"{RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant()})";

    /// <summary>One line about the machine, for measured figures.</summary>
    public static string Machine => string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.ProcessorCount} cores, {Plain.Bytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)}, {OperatingSystem}, {Runtime}");
}
