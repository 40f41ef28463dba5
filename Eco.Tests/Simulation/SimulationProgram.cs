using System.Globalization;
using Eco.Runtime.Simulation;

namespace Eco.Tests.Simulation;

/// <summary>What <c>dotnet exec Eco.Tests.dll SEED...</c> does: prints the self-test's hashes, so that a test can compare processes.</summary>
internal static class SimulationProgram
{
    private static void Main(string[] seeds)
    {
        foreach (string seed in seeds)
        {
            Console.WriteLine(SimulationSelfTest.Run(ulong.Parse(seed, CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture));
        }
    }
}
