using System.Globalization;
using Eco.Runtime.Simulation;
using Eco.Tests.MainJob;
using Eco.Tests.Persistence.Sqlite;

namespace Eco.Tests.Simulation;

/// <summary>What <c>dotnet exec Eco.Tests.dll SEED...</c> does: prints the self-test's hashes, so that a test can compare processes; or it runs the main job, or it writes a journal until it is killed.</summary>
internal static class SimulationProgram
{
    private static void Main(string[] seeds)
    {
        if (seeds is [JournalWriterProgram.Verb, string path])
        {
            JournalWriterProgram.Run(path);
            return;
        }

        if (seeds is [MainJobProgram.Verb, string job])
        {
            Console.WriteLine(MainJobProgram.Hash(uint.Parse(job, CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture));
            return;
        }

        foreach (string seed in seeds)
        {
            Console.WriteLine(SimulationSelfTest.Run(ulong.Parse(seed, CultureInfo.InvariantCulture)).ToString("x16", CultureInfo.InvariantCulture));
        }
    }
}
